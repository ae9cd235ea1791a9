import { existsSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import axe from 'axe-core';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { skipWithout } from '../required-tool.js';

/** The usual paths of installed browsers. None is downloaded. */
const BROWSERS = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];
const executablePath = BROWSERS.find((file) => existsSync(file));

/** Why tests that need a browser are skipped; false if there is one. */
export const WITHOUT_BROWSER = skipWithout(
  executablePath === undefined && 'Chromium is not installed: apt-get install chromium',
);

/** The timeout of all waits. It is long because a busy machine trains slowly. */
const MAX_WAIT_MS = 120_000;

const SCREENSHOTS = path.join(import.meta.dirname, '../../../out/test-screenshots');

export async function launch(): Promise<Browser> {
  // Chromium's sandbox is not available to root in a container.
  return chromium.launch({ executablePath: executablePath ?? '', args: ['--no-sandbox'] });
}

export interface OpenPage {
  readonly page: Page;
  /** The browser's error messages, for example violations of the content security policy. */
  readonly complaints: readonly string[];
  readonly hosts: ReadonlySet<string>;
}

/** Opens the page and waits until it has drawn its first cells. */
export async function open(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<OpenPage> {
  return openView(browser, url, '.cell', options);
}

/** Opens a view of the page and waits until it has drawn the first element that matches the selector. */
export async function openView(
  browser: Browser,
  url: string,
  selector: string,
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
  await page.locator(selector).first().waitFor();
  return { page, complaints, hosts };
}

/** Takes a screenshot, which is kept for people to look at. */
export async function screenshot(page: Page, name: string, fullPage = false): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage });
}

export function chart(page: Page, metric: string) {
  return page.locator(`[data-chart="${metric}"]`);
}

/** Drags the mouse across a chart. `from` and `to` are fractions of its width. */
export async function drag(page: Page, metric: string, from: number, to: number): Promise<void> {
  const box = await chart(page, metric).locator('.u-over').boundingBox();
  if (box === null) throw new Error(`There is no chart of ${metric}.`);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

/** Returns the problems that axe finds. The page must be opened with `bypassCSP`. */
export async function violations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: {
        run: () => Promise<{
          violations: { id: string; nodes: { html: string; failureSummary: string }[] }[];
        }>;
      };
    };
    const found = await axe.run();
    return found.violations.flatMap(({ id, nodes }) =>
      nodes.slice(0, 3).map(({ html, failureSummary }) => `${id}: ${html} ${failureSummary}`),
    );
  });
}
