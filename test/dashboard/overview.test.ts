import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { ResultsReply } from '../../src/dashboard/page/protocol.js';
import { launch, open, screenshot, WITHOUT_BROWSER } from './browser.js';
import { UsedDashboard } from './sample-dashboard.js';

const used = new UsedDashboard();

test('the results have the settings of all tasks, and the final metrics of finished ones', async () => {
  const { ids, columns, durationsMs } = await used.json<ResultsReply>('/api/results?sweep=sample');
  assert.deepEqual(
    ids,
    used.sample.sweep.tasks.map(({ id }) => id),
  );
  const column = (name: string) => columns.find((each) => each.name === name);
  const [first] = columns;
  assert.equal(first?.name, 'dimensions');
  assert.deepEqual(first.texts, ['2-6-6', '4-10-10']);
  assert.deepEqual(first.values, [0, 0, 0, 0, 1, 1, 1, 1]);
  assert.deepEqual(column('seed')?.numbers, [7, 24, 48, 69]);
  assert.equal(column('seed')?.kind, 'seed');
  assert.deepEqual(column('steps')?.isVarying, false);
  const errors = column('manifoldError');
  assert.equal(errors?.isShown, true);
  assert.deepEqual(
    errors.values.map((value) => value !== null),
    // The failed, the corrupt and the unfinished tasks have no results.
    [true, true, false, false, true, true, false, false],
  );
  assert.deepEqual(durationsMs.length, ids.length);
});

describe('the overview', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const cell = (page: Page, index: number) => page.locator(`[data-task="${used.taskId(index)}"]`);
  const choose = (page: Page, label: string, text: string) =>
    page.locator('.tasks').getByLabel(label, { exact: true }).selectOption({ label: text });
  const colorOf = (page: Page, index: number) =>
    cell(page, index).evaluate((each) => getComputedStyle(each).backgroundColor);

  test('colors tasks by a final metric, with a legend and the values on hover', async () => {
    const { page, complaints } = await open(browser, used.url);
    const before = await colorOf(page, 0);
    assert.equal(await colorOf(page, 1), before);
    await choose(page, 'Color', 'Manifold error');
    await page.locator('.scale').getByText('Manifold error').waitFor();
    // The results of seeds 69 and 24 differ, so their colors do, and they are equal for both settings.
    assert.notEqual(await colorOf(page, 0), await colorOf(page, 1));
    assert.equal(await colorOf(page, 0), await colorOf(page, 4));
    assert.match((await cell(page, 0).getAttribute('aria-label')) ?? '', /done, Manifold error 0\.08/);
    await choose(page, 'Scale', 'diverging');
    await cell(page, 0).hover();
    const tooltip = page.locator('.tooltip');
    assert.match(await tooltip.innerText(), /2-6-6, seed 69\s+done[\s\S]*Manifold error\s+0\.08/);
    await screenshot(page, 'overview-colored', true);
    await page.mouse.move(0, 0);
    await tooltip.waitFor({ state: 'detached' });
    assert.deepEqual(complaints, []);
    await page.context().close();
  });

  test('shows means over seeds with the axes that the user chooses, and selects all tasks of a cell', async () => {
    const { page } = await open(browser, used.url);
    await choose(page, 'Color', 'Manifold error');
    await choose(page, 'Columns', 'all seeds together');
    const cells = page.locator('.cell');
    await page.locator('.cell', { hasText: '0.06' }).first().waitFor();
    assert.deepEqual(await cells.allInnerTexts(), ['0.0626', '0.0626']);
    await choose(page, 'Cells show', 'standard deviation');
    await page.locator('.cell', { hasText: '0.0318' }).first().waitFor();
    await choose(page, 'Rows', 'seed');
    await choose(page, 'Columns', 'dimensions');
    const headings = page.locator('.grid th');
    assert.deepEqual(await headings.allInnerTexts(), [
      ...['seed \\ dimensions', '2-6-6', '4-10-10', '7', '24', '48', '69'],
    ]);
    await choose(page, 'Rows', 'all settings');
    await choose(page, 'Columns', 'all seeds together');
    await page.getByRole('button', { name: 'clear', exact: true }).click();
    await cells.nth(1).click();
    assert.equal(await page.locator('.selected li').count(), 4);
    await page.context().close();
  });

  test('keeps its choices in the address, and the back button undoes them', async () => {
    const { page } = await open(browser, used.url);
    await choose(page, 'Color', 'Manifold error');
    await choose(page, 'Rows', 'seed');
    await page.reload();
    await page.locator('.scale').waitFor();
    assert.equal(await page.locator('.grid tbody th').count(), 4);
    await page.goBack();
    await page.locator('.grid tbody th').getByText('2-6-6').waitFor();
    await page.locator('.scale').waitFor();
    await page.goBack();
    await page.locator('.scale').waitFor({ state: 'detached' });
    await page.context().close();
  });

  test('dims tasks that the filters and the search leave out', async () => {
    const { page } = await open(browser, used.url);
    await page.getByLabel('Search tasks').fill('2-6-6 done');
    await page.getByText('2 of 8 tasks match').waitFor();
    assert.equal(await cell(page, 0).getAttribute('data-dimmed'), 'false');
    assert.equal(await cell(page, 2).getAttribute('data-dimmed'), 'true');
    await page.getByRole('button', { name: 'clear filters' }).click();
    await page.getByLabel('Add a filter').selectOption('manifoldError');
    await page.getByLabel('Max of Manifold error').fill('0.05');
    await page.getByLabel('Max of Manifold error').press('Enter');
    await page.getByText('2 of 8 tasks match').waitFor();
    assert.equal(await cell(page, 1).getAttribute('data-dimmed'), 'false');
    await page.reload();
    await page.getByText('2 of 8 tasks match').waitFor();
    await page.context().close();
  });
});
