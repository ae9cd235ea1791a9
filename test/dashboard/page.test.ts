import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Dashboard } from '../../src/dashboard/server.js';
import { fail } from '../store/sample-store.js';
import { chart, drag, launch, open, screenshot, WITHOUT_BROWSER } from './browser.js';
import { HOSTILE_TITLE, sampleDashboard, type SampleDashboard } from './sample-dashboard.js';

describe('the page in a browser', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;
  let sample: SampleDashboard;
  let dashboard: Dashboard;

  before(async () => {
    browser = await launch();
    sample = sampleDashboard();
    dashboard = await sample.start();
  });
  after(async () => {
    await browser.close();
    await dashboard.close();
  });

  const taskId = (index: number): string => sample.sweep.tasks[index]?.id ?? '';
  const cell = (page: Page, index: number) => page.locator(`[data-task="${taskId(index)}"]`);

  test('opens with the sweep, without errors and without requests to other servers', async () => {
    const { page, complaints, hosts } = await open(browser, dashboard.url);
    await chart(page, 'encoderVariance').locator('canvas').waitFor();
    await page.getByRole('img', { name: /^Generated points of 2-6-6, seed 69/ }).waitFor();
    assert.equal(await page.locator('.figures strong').innerText(), '4 of 8 done');
    const states = await page
      .locator('.cell')
      .evaluateAll((cells) => cells.map((each) => each.dataset['state']));
    // Reading the tables found a task that does not match its checksum.
    assert.deepEqual(states, ['done', 'done', 'failed', 'corrupt', 'done', 'done', 'new', 'new']);
    const charts = await page
      .locator('.chart')
      .evaluateAll((all) => all.map((each) => each.dataset['chart']));
    assert.deepEqual(charts, [
      'loss',
      'reconstruction',
      'kl',
      'decoderVariance',
      'manifoldError',
      'encoderVariance',
    ]);
    await screenshot(page, 'open', true);
    await page.getByRole('button', { name: 'Results' }).click();
    await page.getByRole('region', { name: HOSTILE_TITLE }).waitFor();
    assert.deepEqual([...hosts], [new URL(dashboard.url).host]);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('shows texts of sweep files and logs as plain text', async () => {
    const { page, complaints } = await open(browser, dashboard.url);
    assert.equal(await page.locator('h1').innerText(), HOSTILE_TITLE);
    await page.locator('.failures summary').first().click();
    await page.getByText('out of luck <b>really</b>').waitFor();
    assert.equal(await page.title(), 'vae-sweep');
    assert.equal(await page.locator('img[src="x"]').count(), 0);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('shows corrupt and failed tasks with the reasons', async () => {
    const { page } = await open(browser, dashboard.url);
    const texts = await page.locator('.failures summary').allInnerTexts();
    assert.match(texts[0] ?? '', /failed\s+sphere 2-6-6, seed 48: out of luck \(error\)/);
    assert.match(
      texts[1] ?? '',
      /corrupt\s+sphere 2-6-6, seed 7: evaluations.arrow has the wrong size \(20 /,
    );
    await cell(page, 3).click();
    await page.locator('.charts .problem').getByText('not a valid Arrow file').waitFor();
    await screenshot(page, 'corrupt');
    await page.context().close();
  });

  test('selects tasks with the mouse, individually, by row and by column', async () => {
    const { page } = await open(browser, dashboard.url);
    await page.getByRole('button', { name: 'clear', exact: true }).click();
    await page.getByText('Select tasks in the grid').waitFor();
    await cell(page, 5).click();
    await page.getByRole('heading', { name: '4-10-10, seed 24' }).waitFor();
    assert.equal(await cell(page, 5).getAttribute('aria-pressed'), 'true');
    await page.getByRole('button', { name: '2-6-6', exact: true }).click();
    assert.equal(await page.locator('.cell[aria-pressed="true"]').count(), 5);
    await page.locator('[title="All of seed 7"]').click();
    assert.equal(await page.locator('.cell[aria-pressed="true"]').count(), 6);
    await page.getByRole('button', { name: 'Remove 2-6-6, seed 69' }).click();
    assert.equal(await cell(page, 0).getAttribute('aria-pressed'), 'false');
    await page.reload();
    await page.locator('.cell[aria-pressed="true"]').nth(4).waitFor();
    await page.context().close();
  });

  test('selects tasks with the keyboard, with a single tab stop for the grid', async () => {
    const { page } = await open(browser, dashboard.url);
    await page.getByRole('button', { name: 'clear', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.keyboard.press('Tab');
    for (let tabs = 0; tabs < 50 && (await focused(page)) === undefined; tabs++)
      await page.keyboard.press('Tab');
    assert.equal(await focused(page), taskId(0));
    await page.keyboard.press('Enter');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowRight');
    await page.keyboard.press('b');
    assert.equal(await focused(page), taskId(5));
    assert.equal(await cell(page, 0).getAttribute('data-group'), 'a');
    assert.equal(await cell(page, 5).getAttribute('data-group'), 'b');
    await page.keyboard.press('ArrowDown');
    assert.equal(await focused(page), taskId(5));
    await page.context().close();
  });

  test('zooms all charts in to every logged point with a drag, and back with a double click', async () => {
    const { page, complaints } = await open(browser, dashboard.url);
    const loss = chart(page, 'loss');
    await loss.locator('canvas').waitFor();
    assert.equal(await loss.getAttribute('data-exact'), 'false');
    await drag(page, 'loss', 0.5, 0.53);
    await page.getByText(/^steps [\d,]+ to [\d,]+$/).waitFor();
    await drag(page, 'kl', 0.4, 0.45);
    await page.locator('[data-chart="loss"][data-exact="true"]').waitFor();
    const range = /steps ([\d,]+) to ([\d,]+)/.exec(await page.locator('.range').innerText());
    const [from, to] = [range?.[1], range?.[2]].map((text) => Number(text?.replaceAll(',', '')));
    // Each of three tasks has all steps of the range, and a neighbor on either side.
    assert.equal(Number(await loss.getAttribute('data-points')), 3 * (Number(to) - Number(from) + 3));
    await screenshot(page, 'zoomed');
    await loss.locator('.u-over').dblclick();
    await page.getByText('all steps', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'Zoom in' }).press('Enter');
    await page.getByText('steps 37,500 to 112,500').waitFor();
    await page.getByRole('button', { name: 'Later steps' }).press('Enter');
    await page.getByText('steps 75,000 to 150,000').waitFor();
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('has linear and logarithmic axes', async () => {
    const { page, complaints } = await open(browser, dashboard.url);
    const toggle = page.getByRole('button', { name: 'log axis of Manifold error' });
    await toggle.click();
    assert.equal(await toggle.getAttribute('aria-pressed'), 'true');
    const answers = page.waitForResponse(/log=1/);
    await page.getByRole('button', { name: 'log steps' }).click();
    await answers;
    await page.locator('[data-chart="loss"] canvas').waitFor();
    await screenshot(page, 'logarithmic');
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('compares two groups by curves and a table', async () => {
    const { page } = await open(browser, dashboard.url);
    await page.getByRole('button', { name: 'clear', exact: true }).click();
    await page.getByRole('button', { name: '2-6-6', exact: true }).click();
    await page.getByRole('button', { name: /^B \d+: select/ }).click();
    await page.getByRole('button', { name: '4-10-10', exact: true }).click();
    const table = page.getByRole('region', { name: 'Means of A and B' });
    await table.getByText('Manifold error').waitFor();
    const row = await table.locator('tr', { hasText: 'Manifold error' }).innerText();
    assert.match(row, /0\.0626 ± 0\.0318\t0\.0626 ± 0\.0318\t0\t/);
    await page.getByText('2 of A, 2 of B').waitFor();
    await screenshot(page, 'compared', true);
    await page.context().close();
  });

  test('catches up on changes and repeats its requests after the server restarts', async () => {
    const own = sampleDashboard();
    const first = await own.start();
    const { page } = await open(browser, first.url);
    await page.locator('[data-connection="live"]').waitFor();
    await first.close();
    await page.locator('[data-connection="lost"]').waitFor();
    await page.getByRole('button', { name: /^B \d+: select/ }).click();
    await page.locator(`[data-task="${own.sweep.tasks[5]?.id ?? ''}"]`).click();
    await page.locator('.charts .problem').waitFor();
    await page.locator('.comparison .problem').waitFor();
    await screenshot(page, 'lost');
    const last = own.sweep.tasks[7];
    assert.ok(last);
    fail(own.outDir, last);
    const second = await own.start({ port: Number(new URL(first.url).port) });
    await page.locator('[data-connection="live"]').waitFor();
    await page.locator(`[data-task="${last.id}"][data-state="failed"]`).waitFor();
    await page.getByRole('region', { name: 'Means of A and B' }).getByText('Manifold error').waitFor();
    await page.getByRole('heading', { name: 'Last evaluation' }).waitFor();
    const picture = page.getByRole('img', { name: /^Generated points of 4-10-10, seed 24/ });
    await picture.scrollIntoViewIfNeeded();
    await page.waitForFunction(() =>
      [...document.querySelectorAll<HTMLImageElement>('.pictures img')].some(
        ({ alt, naturalWidth }) => alt.includes('4-10-10, seed 24') && naturalWidth > 0,
      ),
    );
    await page.locator('.charts .problem').waitFor({ state: 'detached' });
    await page.locator('.comparison .problem').waitFor({ state: 'detached' });
    await page.context().close();
    await second.close();
  });

  test('shows which URL to open after the server restarts with another token', async () => {
    const first = await sample.start({ host: '0.0.0.0' });
    const { port, search } = new URL(first.url);
    const { page } = await open(browser, `http://127.0.0.1:${port}/${search}`);
    await first.close();
    await page.locator('[data-connection="lost"]').waitFor();
    const second = await sample.start({ host: '0.0.0.0', port: Number(port) });
    await page
      .locator('[data-connection="refused"]', { hasText: 'if the server requires a token, open' })
      .waitFor();
    await screenshot(page, 'refused');
    const other = await page.context().newPage();
    await other.goto(`http://127.0.0.1:${port}/${new URL(second.url).search}`);
    await page.locator('[data-connection="live"]').waitFor();
    await page.context().close();
    await second.close();
  });
});

/** Returns the task with the focused cell. */
async function focused(page: Page): Promise<string | undefined> {
  return page.evaluate(() => (document.activeElement as HTMLElement | null)?.dataset['task']);
}
