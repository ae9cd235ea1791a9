import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { chart, drag, launch, open, openView, screenshot, violations, WITHOUT_BROWSER } from './browser.js';
import { UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

describe('curves and the scatter plot', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  test('the mouse shows the values of all charts at its step', async () => {
    const { page, complaints } = await open(browser, used.url);
    await chart(page, 'manifoldError').locator('canvas').waitFor();
    const over = chart(page, 'loss').locator('.u-over');
    await over.scrollIntoViewIfNeeded();
    await over.hover();
    for (const metric of ['loss', 'kl', 'manifoldError']) {
      const text = await chart(page, metric).locator('.readout:visible').innerText();
      assert.match(text, /^step\s*7\d,\d{3}\s[^]*2-6-6, seed 69\s/, metric);
    }
    await screenshot(page, 'crosshair');
    await page.mouse.move(0, 0);
    await page.locator('.readout:visible').first().waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('curves are grouped by a setting: their means with a band', async () => {
    const { page, complaints } = await open(browser, used.url);
    await page.getByRole('button', { name: '2-6-6', exact: true }).click();
    await page.getByRole('button', { name: '4-10-10', exact: true }).click();
    await page.locator('.charts').getByLabel('Means by').selectOption({ label: 'dimensions' });
    const groups = page.locator('.selected li');
    await groups.first().waitFor();
    assert.deepEqual(
      (await groups.allInnerTexts()).map((text) => text.replaceAll(/\s+/g, ' ').trim()),
      [
        'dimensions 2-6-6 mean of 4, band from min to max',
        'dimensions 4-10-10 mean of 4, band from min to max',
      ],
    );
    const label = await chart(page, 'manifoldError').getByRole('img').getAttribute('aria-label');
    // Seeds 69 and 24 add 0.069 and 0.024 to the same curve. The other tasks of the group have no curve.
    assert.match(label ?? '', /dimensions 2-6-6 \(mean of 2\) ends at 0\.06263/);
    await screenshot(page, 'means', true);
    // The browser reports that the log of the corrupt task can't be read.
    assert.deepEqual(
      complaints.filter((text) => !text.includes('422')),
      [],
    );
    await page.context().close();
  });

  test('the zoom is part of the address, and the back button undoes it', async () => {
    const { page } = await open(browser, used.url);
    await chart(page, 'loss').locator('canvas').waitFor();
    await chart(page, 'loss').scrollIntoViewIfNeeded();
    await drag(page, 'loss', 0.5, 0.6);
    const range = page.getByText(/^steps [\d,]+ to [\d,]+$/);
    await range.waitFor();
    const text = await range.innerText();
    await page.reload();
    await page.getByText(text).waitFor();
    await page.goBack();
    await page.getByText('all steps', { exact: true }).waitFor();
    await page.context().close();
  });

  test('the scatter plot shows results over settings, and opens the task of a point', async () => {
    const url = `${used.url}#view=scatter&x=seed&y=manifoldError&hue=dimensions`;
    const { page, complaints } = await openView(browser, url, '.scatter canvas');
    await page.getByRole('heading', { name: 'Manifold error by seed' }).waitFor();
    await page.locator('.scatter .plot[data-points="4"]').waitFor();
    await page.getByText('4 of 8 tasks have no such values').waitFor();
    assert.deepEqual(await page.locator('.scatter .legend li').allInnerTexts(), ['2-6-6', '4-10-10']);
    const over = page.locator('.scatter .u-over');
    const box = await over.boundingBox();
    assert.ok(box);
    // Seed 69 is the largest of both axes, so its points are near the corner, within the margin of 1/22 of the range.
    await page.mouse.move(box.x + (box.width * 21) / 22, box.y + box.height / 22);
    assert.match(await page.locator('.tooltip').innerText(), /seed 69\s+done[^]*Manifold error\s+0\.08513/);
    await page.mouse.down();
    await page.mouse.up();
    await page
      .locator('.task-detail')
      .getByRole('heading', { name: /seed 69/ })
      .waitFor();
    await page.getByLabel('log vertical axis').click();
    await page.getByLabel('Horizontal', { exact: true }).selectOption({ label: 'dimensions' });
    await page.getByRole('heading', { name: 'Manifold error by dimensions' }).waitFor();
    await screenshot(page, 'scatter', true);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('smoothing and the axis of a chart are part of the address, and an outlier moves a smoothed curve little', async () => {
    const { page, complaints } = await open(browser, used.url);
    await chart(page, 'loss').locator('canvas').waitFor();
    await page.getByLabel('Smoothing').fill('0.9');
    await chart(page, 'loss').locator('.toggle').click();
    assert.match(page.url(), /smooth=0\.9&switched=loss/);
    await page.reload();
    const over = chart(page, 'loss').locator('.u-over');
    // The chart is drawn anew with each task whose curves arrive.
    const all = /2-6-6, seed 69.*2-6-6, seed 24.*4-10-10, seed 69/;
    await chart(page, 'loss').getByRole('img', { name: all }).scrollIntoViewIfNeeded();
    assert.equal(await page.getByLabel('Smoothing').inputValue(), '0.9');
    assert.equal(await chart(page, 'loss').locator('.toggle').getAttribute('aria-pressed'), 'true');
    // At the step of the outlier of 1,000 the mean of the pixel is small, and the smoothed one is smaller.
    const box = await over.boundingBox();
    assert.ok(box);
    await page.mouse.move(box.x + (box.width * 77_777) / 150_000, box.y + box.height / 2);
    const value = Number(
      /seed 69\s+([\d.]+)/.exec(await chart(page, 'loss').locator('.readout').innerText())?.[1],
    );
    assert.ok(value > 8 && value < 20, `${value}`);
    await screenshot(page, 'smoothed', true);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('points of the scatter plot are sized by a result', async () => {
    const url = `${used.url}#view=scatter&x=seed&y=manifoldError&size=manifoldError`;
    const { page, complaints } = await openView(browser, url, '.scatter .plot[data-points="4"]');
    await page.getByText('Size: Manifold error from 0.04013 to 0.08513').waitFor();
    await screenshot(page, 'sizes');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('a cleared selection stays empty after a reload', async () => {
    const { page } = await open(browser, used.url);
    await page.locator('.selected li').first().waitFor();
    await page.getByRole('button', { name: 'clear', exact: true }).click();
    await page.reload();
    await page.locator('.cell').first().waitFor();
    assert.equal(await page.locator('.selected li').count(), 0);
    assert.equal(await page.locator('.charts canvas').count(), 0);
    await page.context().close();
  });

  test('generated points are pictures of one size in a grid', async () => {
    const viewport = { width: 1440, height: 900 };
    const a = [0, 1, 4].map((index) => used.taskId(index)).join();
    const { page } = await open(browser, `${used.url}#a=${a}`, { viewport });
    const pictures = page.locator('.pictures figure');
    await pictures.first().scrollIntoViewIfNeeded();
    const boxes = await Promise.all((await pictures.all()).map((picture) => picture.boundingBox()));
    assert.equal(boxes.length, 3);
    assert.equal(new Set(boxes.map((box) => Math.round(box?.y ?? 0))).size, 1);
    await screenshot(page, 'pictures', true);
    await page.context().close();
  });

  test('axe finds no problems in the table, the scatter plot and the results, light and wide, dark and on a phone', async () => {
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const)
      for (const [view, selector] of [
        ['table&group=dimensions', '.rows [data-row]'],
        ['table&filter=state=done', '.rows [data-row]'],
        ['scatter&hue=manifoldError', '.scatter canvas'],
        ['results', '.tables table'],
      ] as const) {
        const viewport = { width, height: 900 };
        const { page } = await openView(
          browser,
          `${used.url}#view=${view}&task=${used.taskId(0)}`,
          selector,
          {
            ...{ colorScheme, viewport, bypassCSP: true },
          },
        );
        await page.getByRole('heading', { name: 'Last evaluation' }).waitFor();
        assert.deepEqual(await violations(page), [], `${view}, ${colorScheme}, ${width} pixels`);
        const scrolled = await page.evaluate(() => document.documentElement.scrollWidth);
        assert.equal(scrolled, width, `${view} at ${width} pixels`);
        await screenshot(page, `${view.split('&')[0] ?? ''}-${colorScheme}-${width}`);
        await page.context().close();
      }
  });
});
