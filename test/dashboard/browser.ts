import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';

/** Where Debian and others put it. None is downloaded. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = BROWSERS.find((file) => existsSync(file));

/** Why tests that need a browser are skipped; false where there is one. */
export const WITHOUT_BROWSER =
  executablePath === undefined && 'Chromium is not installed: apt-get install chromium';

/** A busy machine trains slowly; what fails, fails by what is shown. */
const MAX_WAIT_MS = 120_000;

const SCREENSHOTS = path.join(import.meta.dirname, '../../../out/test-screenshots');

export async function launch(): Promise<Browser> {
  // A container's root has no sandbox to be in.
  return chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
}

export interface OpenPage {
  readonly page: Page;
  /** What the browser complained of, as a policy that was broken. */
  readonly complaints: readonly string[];
  readonly hosts: ReadonlySet<string>;
}

/** A page that is read and has drawn its first cells. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  const context = await browser.newContext({ viewport: { width: 1400, height: 1000 }, ...options });
  context.setDefaultTimeout(MAX_WAIT_MS);
  const page = await context.newPage();
  const complaints: string[] = [];
  const hosts = new Set<string>();
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => hosts.add(new URL(request.url()).host));
  await page.goto(url);
  await page.locator('.cell').first().waitFor();
  return { page, complaints, hosts };
}

/** Kept to be looked at. */
export async function screenshot(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage });
}

export function chart(page: Page, metric: string) {
  return page.locator(`[data-chart="${metric}"]`);
}

/** Draws over a part of a chart with the mouse, from and to as shares of its width. */
export async function drag(page: Page, metric: string, from: number, to: number): Promise<void> {
  const box = await chart(page, metric).locator('.u-over').boundingBox();
  if (box === null) throw new Error(`There is no chart of ${metric}.`);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}
