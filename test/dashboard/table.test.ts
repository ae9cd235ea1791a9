import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { startDashboard } from '../../src/dashboard/server.js';
import { loadFrom } from '../sweep/sweep-folder.js';
import { launch, openView, screenshot, WITHOUT_BROWSER } from './browser.js';
import { UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

const LARGE_SWEEP = `
name: large
experiment: sphere
grid:
  dimensions: [[2, 6, 6]]
  seed: [${Array.from({ length: 10_000 }, (_, index) => index + 1).join()}]
settings: { steps: 10 }
`;

describe('the table of tasks', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const openTable = (options = '') =>
    openView(browser, `${used.url}#view=table${options}`, '.rows [data-row]');
  /** Returns the texts of a column; the first column has the tasks. */
  const column = (page: Page, index: number) =>
    page.locator(`.rows tbody tr > :nth-child(${index + 1})`).allInnerTexts();

  test('sorts by any column, with tasks without a value last, and keeps the order in the address', async () => {
    const { page, complaints } = await openTable();
    assert.equal((await column(page, 1)).length, 8);
    const head = page.getByRole('button', { name: 'Manifold error' });
    await head.click();
    await page.locator('th[aria-sort="ascending"]', { hasText: 'Manifold error' }).waitFor();
    assert.deepEqual((await column(page, 1)).slice(0, 5), [
      ...['2-6-6, seed 24', '4-10-10, seed 24', '2-6-6, seed 69', '4-10-10, seed 69', '2-6-6, seed 48'],
    ]);
    await head.click();
    await page.locator('th[aria-sort="descending"]').waitFor();
    await page.reload();
    await page.locator('th[aria-sort="descending"]').waitFor();
    await page.locator('.rows [data-row]').first().waitFor();
    assert.equal((await column(page, 1))[0], '2-6-6, seed 69');
    await screenshot(page, 'table', true);
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('groups by settings with means and standard errors, and shows the tasks of a group', async () => {
    const { page } = await openTable();
    await page.getByLabel('Group by').selectOption({ label: 'all settings except seeds' });
    await page.getByRole('heading', { name: '2 groups of 8 tasks' }).waitFor();
    const row = page.locator('[data-row="dimensions 2-6-6"]');
    assert.match(await row.innerText(), /0\.06263 ± 0\.0225/);
    await row.getByRole('button').click();
    await page.locator('[data-depth="1"]').first().waitFor();
    assert.equal(await page.locator('[data-depth="1"]').count(), 4);
    await screenshot(page, 'table-grouped', true);
    await page.context().close();
  });

  test('opens and selects tasks, and shows other columns', async () => {
    const { page } = await openTable();
    await page.getByRole('button', { name: '4-10-10, seed 24' }).click();
    await page.getByRole('heading', { name: '4-10-10, seed 24' }).waitFor();
    await page.getByRole('heading', { name: 'Last evaluation' }).waitFor();
    await page.getByLabel('Select 4-10-10, seed 24').check();
    await page.getByText(/of \d+ columns/).click();
    await page.getByRole('group', { name: 'Columns' }).getByLabel('batchSize').check();
    await page.locator('th', { hasText: 'batchSize' }).waitFor();
    await page.getByRole('button', { name: 'Close 4-10-10, seed 24' }).click();
    await page.locator('.task-detail').waitFor({ state: 'detached' });
    await page.getByRole('button', { name: 'Overview' }).click();
    assert.equal(await page.locator(`[data-task="${used.taskId(5)}"]`).getAttribute('data-group'), 'a');
    await page.context().close();
  });

  test('downloads the matching tasks as CSV with all digits', async () => {
    const { page } = await openTable('&filter=state=done&sort=-manifoldError&shown=seed,manifoldError');
    await page.getByText('4 of 8 tasks match').waitFor();
    await page.getByRole('heading', { name: '4 tasks' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'download CSV' }).click(),
    ]);
    assert.equal(download.suggestedFilename(), 'sample-tasks.csv');
    const [head, first, ...others] = readFileSync(await download.path(), 'utf8').split('\r\n');
    assert.equal(head, 'id,task,seed,manifoldError');
    assert.match(first ?? '', /^[0-9a-f]{16},sphere-2-6-6-seed69[^,]*,69,0\.085129\d+$/);
    assert.equal(others.length, 4);
    await page.context().close();
  });

  test('draws only the visible ones of 10,000 rows', async () => {
    const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-large-'));
    const sweep = loadFrom({ 'large.yaml': LARGE_SWEEP }, 'large.yaml');
    assert.equal(sweep.tasks.length, 10_000);
    const dashboard = await startDashboard([{ sweep, reload: null }], {
      ...{ outDir, host: '127.0.0.1', port: 0, workers: 2 },
    });
    const { page } = await openView(browser, `${dashboard.url}#view=table`, '.rows [data-row]');
    await page.getByRole('button', { name: 'seed', exact: true }).dblclick();
    await page.locator('[data-row]', { hasText: 'seed 10000' }).first().waitFor();
    assert.ok((await page.locator('.rows tbody tr').count()) < 100);
    await page.locator('.rows').evaluate((each) => {
      each.scrollTop = each.scrollHeight;
    });
    await page.getByRole('button', { name: '2-6-6, seed 1', exact: true }).waitFor();
    await page.getByLabel('Search tasks').fill('seed 777');
    await page.getByText('19 of 10,000 tasks match').waitFor();
    await page.context().close();
    await dashboard.close();
  });
});
