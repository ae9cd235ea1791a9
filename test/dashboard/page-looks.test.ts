import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { acquireStoreLock } from '../../src/store/lock.js';
import type { Dashboard } from '../../src/dashboard/server.js';
import { chart, launch, open, screenshot, violations, WITHOUT_BROWSER } from './browser.js';
import { sampleDashboard, type SampleDashboard } from './sample-dashboard.js';

const PHONE = { viewport: { width: 375, height: 740 }, isMobile: true, hasTouch: true };

describe('the appearance of the page', { skip: WITHOUT_BROWSER }, () => {
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

  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${colorScheme}: axe finds no problems, on a wide screen and on a phone`, async () => {
      for (const size of [{}, PHONE]) {
        // The page's content security policy would block the script of axe.
        const { page } = await open(browser, dashboard.url, { colorScheme, bypassCSP: true, ...size });
        await fill(page);
        assert.deepEqual(await violations(page), []);
        await screenshot(page, `${colorScheme}-${size === PHONE ? 'phone' : 'wide'}`, true);
        await page.context().close();
      }
    });
  }

  test('a theme can be chosen, and is remembered', async () => {
    const { page } = await open(browser, dashboard.url, { colorScheme: 'light' });
    const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
    const light = await background();
    await page.getByRole('button', { name: 'dark', exact: true }).click();
    await page.locator('html[data-theme="dark"]').waitFor();
    const dark = await background();
    assert.notEqual(dark, light);
    await page.reload();
    await page.locator('html[data-theme="dark"]').waitFor();
    assert.equal(await background(), dark);
    await page.context().close();
  });

  test('the page fits the width of a phone, with cells large enough for a finger', async () => {
    const { page } = await open(browser, dashboard.url, PHONE);
    await fill(page);
    const lock = await acquireWith(`--out /${'a-long-path'.repeat(9)}`, sample.outDir);
    await page.getByText(/In use by process/).waitFor();
    await lock.release();
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), PHONE.viewport.width);
    const box = await page.locator('.cell').first().boundingBox();
    assert.ok(box !== null && box.width >= 24 && box.height >= 24);
    await page.context().close();
  });
});

/** Locks the store like a run that was started with the argument. */
async function acquireWith(argument: string, outDir: string) {
  process.argv.push(argument);
  try {
    return await acquireStoreLock(outDir, { signal: AbortSignal.timeout(10_000), onWait: () => undefined });
  } finally {
    process.argv.pop();
  }
}

/** Opens everything: two groups, the log of a failure, and notes. */
async function fill(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^B \d+: select/ }).click();
  await page.locator('.cell').nth(5).click();
  await page.locator('.failures summary').first().click();
  await page.getByRole('region', { name: 'Means of A and B' }).waitFor();
  await chart(page, 'encoderVariance').locator('canvas').waitFor();
  await page.locator('.log li').first().waitFor();
}
