import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import type { Dashboard } from '../../src/dashboard/server.js';
import { annotate, readAnnotation } from '../../src/store/annotations.js';
import { launch, open, screenshot, violations, WITHOUT_BROWSER } from './browser.js';
import { sampleDashboard, type SampleDashboard } from './sample-dashboard.js';

let sample: SampleDashboard;
let dashboard: Dashboard;

before(async () => {
  sample = sampleDashboard();
  dashboard = await sample.start({ control: true });
});
after(() => dashboard.close());

const idOf = (index: number): string => sample.sweep.tasks[index]?.id ?? '';
const stored = (index: number) => readAnnotation(sample.outDir, { kind: 'task', name: idOf(index) });

async function send(body: object, headers: Record<string, string> = {}): Promise<number> {
  const entered = await fetch(dashboard.url, { redirect: 'manual' });
  const cookie = entered.headers.get('set-cookie')?.split(';')[0] ?? '';
  const { origin } = new URL(dashboard.url);
  const response = await fetch(`${origin}/api/annotate`, {
    method: 'POST',
    headers: { cookie, origin, 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ sweep: 'sample', ...body }),
  });
  return response.status;
}

test('tags and notes are changed only with the token, from the page itself, and after validation', async () => {
  const change = { task: idOf(1), add: ['checked'], note: 'fine' };
  assert.equal(await send(change, { cookie: '' }), 401);
  assert.equal(await send(change, { origin: 'http://evil.example' }), 403);
  assert.equal(await send(change, { 'content-type': 'text/plain' }), 415);
  for (const bad of [
    { task: '0123456789abcdef', add: ['a'] },
    { task: '../../x', add: ['a'] },
    { task: idOf(1), add: ['a b'] },
    { task: idOf(1), add: Array(21).fill('a') },
    { task: idOf(1), note: '\u0007' },
    { task: idOf(1), extra: 1 },
    { add: ['a'] },
  ])
    assert.equal(await send(bad), 400, JSON.stringify(bad));
  assert.deepEqual(stored(1), { tags: [], note: '' });
  assert.equal(await send(change), 200);
  assert.deepEqual(stored(1), { tags: ['checked'], note: 'fine' });
  assert.equal(await send({ task: null, note: 'a sweep' }), 200);
  assert.equal(readAnnotation(sample.outDir, { kind: 'sweep', name: 'sample' }).note, 'a sweep');
  assert.equal(await send({ task: idOf(1), remove: ['checked'], note: '' }), 200);
});

describe('tags and notes on the page', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;

  before(async () => {
    browser = await launch();
  });
  after(() => browser.close());

  const openTask = async (page: Page) => {
    await page.locator('.cell[data-state="done"]').first().click();
    await page.locator('.task-detail').waitFor();
    return page.locator('.task-detail .annotation');
  };

  for (const colorScheme of ['light', 'dark'] as const)
    test(`${colorScheme}: are edited, shown on another page, filtered and searched`, async () => {
      const tag = `${colorScheme}-tag`;
      const { page, complaints } = await open(browser, dashboard.url, { colorScheme, bypassCSP: true });
      const other = await open(browser, new URL(dashboard.url).origin);
      const own = await openTask(page);
      await own.getByLabel(/New tag of/).fill(tag);
      await page.keyboard.press('Enter');
      await own.locator('.tags li', { hasText: tag }).waitFor();
      await own.getByRole('button', { name: /(Add|Edit) note/ }).click();
      await own.getByLabel(/Note on/).fill(`<b>${colorScheme}</b>\nsecond line`);
      await own.getByRole('button', { name: 'Save note' }).click();
      await own.locator('.note', { hasText: `<b>${colorScheme}</b>` }).waitFor();
      assert.deepEqual(await violations(page), []);
      await screenshot(page, `annotation-${colorScheme}`);
      const seen = await openTask(other.page);
      await seen.locator('.tags li', { hasText: tag }).waitFor();
      assert.equal(await seen.getByRole('button').count(), 0);
      await page.getByLabel('Add a filter').selectOption({ label: `tag ${tag}` });
      await page
        .getByRole('group', { name: `Filter by tag ${tag}` })
        .getByText('yes')
        .click();
      await page.getByText('1 of 8 tasks match').waitFor();
      await page.getByRole('button', { name: 'clear filters' }).click();
      await page.getByLabel('Search tasks').fill(`${tag} second`);
      await page.getByText('1 of 8 tasks match').waitFor();
      await own.getByLabel(new RegExp(`Remove the tag ${tag}`)).click();
      await page.getByText('0 of 8 tasks match').waitFor();
      assert.deepEqual(complaints, []);
      await page.context().close();
      await other.page.context().close();
    });

  test('a change from outside appears without a reload, and an invalid tag is explained', async () => {
    const { page } = await open(browser, dashboard.url);
    const own = await openTask(page);
    annotate(sample.outDir, { kind: 'task', name: idOf(0) }, { add: ['outside'] });
    await own.locator('.tags li', { hasText: 'outside' }).waitFor();
    await own.getByLabel(/New tag of/).fill('-x');
    await own.getByRole('button', { name: 'Add tag' }).click();
    await own.getByRole('alert').filter({ hasText: 'expected a tag of up to 40 letters' }).waitFor();
    await page.context().close();
  });
});
