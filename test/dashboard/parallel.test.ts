import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { launch, openView, screenshot, violations, WITHOUT_BROWSER } from './browser.js';
import { UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

describe('parallel coordinates', { skip: WITHOUT_BROWSER, timeout: 300_000 }, () => {
  let browser: Browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  async function openParallel(choices = '') {
    return openView(browser, `${used.url}#view=parallel${choices}`, '.scrolls svg');
  }

  test('brushing an axis filters the tasks of all views, and a click on the axis removes the filter', async () => {
    const { page, complaints } = await openParallel('&lines=dimensions,manifoldError');
    await lines(page, 8);
    // The manifold errors are those of the seeds 24 and 69 plus the same number, so the upper half has seed 69.
    await brush(page, 'manifoldError', 0.45, 0);
    await lines(page, 2);
    await page.getByText('2 of 8 tasks match').waitFor();
    assert.match(page.url(), /filter=manifoldError%7E/);
    assert.equal(await page.locator('.parallel path.match').count(), 2);
    await screenshot(page, 'brushed');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.locator('.rows [data-row]').first().waitFor();
    assert.equal(await page.locator('.rows [data-row]').count(), 2);
    await page.goBack();
    await brush(page, 'dimensions', 0.3, 0);
    await lines(page, 1);
    await page.locator('[data-axis="manifoldError"]').click();
    await lines(page, 4);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('the arrow keys move the bounds of an axis, and Esc removes its filter', async () => {
    const { page } = await openParallel('&lines=seed,manifoldError');
    const low = page.getByRole('slider', { name: 'Min of Manifold error' });
    await low.focus();
    await page.keyboard.press('ArrowUp');
    await lines(page, 2);
    assert.equal(await low.getAttribute('aria-valuenow'), '5');
    await page.getByRole('slider', { name: 'Max of seed' }).focus();
    await page.keyboard.press('ArrowDown');
    await lines(page, 0);
    await page.keyboard.press('Escape');
    await lines(page, 2);
    await low.focus();
    await page.keyboard.press('Escape');
    await lines(page, 8);
    await page.context().close();
  });

  test('the axes are chosen among the columns, and a click on a line opens its task', async () => {
    const { page } = await openParallel('&lines=seed,manifoldError');
    await page.locator('.parallel summary').click();
    await page.locator('.parallel .menu').getByLabel('seed', { exact: true }).uncheck();
    await page.locator('[data-axis="seed"]').waitFor({ state: 'detached' });
    assert.match(page.url(), /lines=manifoldError/);
    await page.locator('.parallel path').first().dispatchEvent('click');
    await page.locator('.task-detail').waitFor();
    await page.context().close();
  });

  test('axe finds no problems, light and wide, dark and on a phone', async () => {
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['light', 1024],
      ['dark', 390],
    ] as const) {
      const { page } = await openView(browser, `${used.url}#view=parallel`, '.scrolls svg', {
        ...{ colorScheme, viewport: { width, height: 900 }, bypassCSP: true },
      });
      assert.deepEqual(await violations(page), [], `${colorScheme}, ${width} pixels`);
      assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), width);
      await screenshot(page, `parallel-${colorScheme}-${width}`, true);
      await page.context().close();
    }
  });
});

/** Waits until this number of tasks match. */
async function lines(page: Page, count: number): Promise<void> {
  await page.locator(`.scrolls svg[data-lines="${count}"]`).waitFor();
}

/** Drags along an axis. `from` and `to` are fractions of its height from the top. */
async function brush(page: Page, axis: string, from: number, to: number): Promise<void> {
  const track = page.locator(`[data-axis="${axis}"]`);
  await track.scrollIntoViewIfNeeded();
  const box = await track.boundingBox();
  assert.ok(box);
  const x = box.x + box.width / 2;
  await page.mouse.move(x, box.y + box.height * from);
  await page.mouse.down();
  await page.mouse.move(x, box.y + box.height * to + 1, { steps: 4 });
  await page.mouse.up();
}
