import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { acquireStoreLock } from '../../src/store/lock.js';
import { launch, open, screenshot, violations, WITHOUT_BROWSER } from './browser.js';
import { finish, sampleDashboard, type SampleDashboard } from './sample-dashboard.js';

describe('what to run next', { skip: WITHOUT_BROWSER, timeout: 300_000 }, () => {
  let browser: Browser;
  let sample: SampleDashboard;

  before(async () => {
    browser = await launch();
    sample = sampleDashboard();
  });
  after(() => browser.close());

  /** Returns the commands that the page shows for a store. @param reason a text that it shows with them */
  async function commands(outDir: string, name: string, reason: RegExp): Promise<string[]> {
    const dashboard = await sample.start({ outDir });
    const { page, complaints } = await open(browser, dashboard.url, { bypassCSP: true });
    await page.getByRole('heading', { name: 'What next' }).waitFor();
    assert.deepEqual(await violations(page), []);
    const texts = await page.locator('.next code').allInnerTexts();
    assert.match(await page.locator('.next').innerText(), reason);
    await screenshot(page, `next-${name}`, true);
    assert.deepEqual(
      complaints.filter((text) => !text.includes('422')),
      [],
    );
    await page.context().close();
    await dashboard.close();
    const place = `${sample.sweep.file} --out ${outDir}`;
    return texts.map((text) => text.replace(place, 'FILE'));
  }

  test('an empty store: the run', async () => {
    const outDir = mkdtempSync(path.join(tmpdir(), 'vae-sweep-serve-'));
    assert.deepEqual(await commands(outDir, 'empty', /No task has results yet/), ['vae-sweep run FILE']);
  });

  test('a broken store: verify, with the names of the corrupt tasks, and the run that retries', async () => {
    assert.deepEqual(await commands(sample.outDir, 'broken', /Corrupt: 2-6-6, seed 7\./), [
      ...['vae-sweep verify FILE', 'vae-sweep verify FILE --repair', 'vae-sweep run FILE'],
    ]);
  });

  test('a finished store: the report, and nothing during a run', async () => {
    const outDir = mkdtempSync(path.join(tmpdir(), "vae-sweep-serve-it's-"));
    for (const task of sample.sweep.tasks) finish(outDir, task);
    const quoted = outDir.replace("'", String.raw`'\''`);
    const expected = ['report', 'verify'].map(
      (name) => `vae-sweep ${name} ${sample.sweep.file} --out '${quoted}'`,
    );
    assert.deepEqual(await commands(outDir, 'finished', /All tasks are done/), expected);
    const dashboard = await sample.start({ outDir });
    const lock = await acquireStoreLock(outDir, {
      signal: AbortSignal.timeout(10_000),
      onWait: () => undefined,
    });
    const { page } = await open(browser, dashboard.url);
    await page.getByText(/In use by process/).waitFor();
    assert.equal(await page.locator('.next').count(), 0);
    await lock.release();
    await page.context().close();
    await dashboard.close();
  });
});
