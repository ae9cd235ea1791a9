import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { chromium, type Browser } from 'playwright-core';
import { projectFile } from './command-line.js';

const BROWSER = '/usr/bin/chromium';
const CLOCK_TICKS_A_SECOND = 100;

/** `vae-sweep serve` in a separate process. */
export class DashboardProcess {
  readonly url: string;
  readonly #child: ChildProcess;

  static async start(file: string, out: string): Promise<DashboardProcess> {
    const args = ['serve', file, '--out', out, '--port', '0'];
    const child = spawn(process.execPath, [projectFile('bin/vae-sweep.mjs'), ...args], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [url] = (await once(child.stdout, 'data')) as [Buffer];
    return new DashboardProcess(child, url.toString().trim());
  }

  private constructor(child: ChildProcess, url: string) {
    this.#child = child;
    this.url = url;
  }

  /** Returns its peak resident memory in bytes. */
  peakBytes(): number {
    const status = readFileSync(`/proc/${String(this.#child.pid)}/status`, 'utf8');
    return Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
  }

  /** Returns the processor time of all its threads. */
  processorMs(): number {
    const fields =
      readFileSync(`/proc/${String(this.#child.pid)}/stat`, 'utf8')
        .split(') ')[1]
        ?.split(' ') ?? [];
    return ((Number(fields[11]) + Number(fields[12])) * 1000) / CLOCK_TICKS_A_SECOND;
  }

  /** Follows the events like a page does, and calls back for each event until the signal aborts. */
  async follow(signal: AbortSignal, onEvent: (event: { name: string; data: string }) => void): Promise<void> {
    const headers = { accept: 'text/event-stream' };
    const response = await fetch(new URL('/api/events', this.url), { headers, signal });
    let text = '';
    try {
      for await (const chunk of response.body ?? []) {
        text += Buffer.from(chunk as Uint8Array).toString();
        const events = text.split('\n\n');
        text = events.pop() ?? '';
        for (const event of events) {
          const [, name = '', data = ''] = /^event: (.*)\ndata: (.*)$/m.exec(event) ?? [];
          if (name !== '') onEvent({ name, data });
        }
      }
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async stop(): Promise<void> {
    const exit = once(this.#child, 'exit');
    this.#child.kill('SIGTERM');
    await exit;
  }
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: BROWSER, args: ['--no-sandbox'] });
}

/** Opens the page without a cache. @returns milliseconds from the request to the first curves */
export async function openPage(browser: Browser, url: string): Promise<number> {
  const page = await browser.newPage();
  const start = performance.now();
  await page.goto(url);
  await page.locator('.chart canvas').first().waitFor();
  const elapsedMs = performance.now() - start;
  // Also wait for points, which are further down, and for the tables of another view.
  await page.locator('.pictures').scrollIntoViewIfNeeded();
  await page.getByRole('button', { name: 'Results' }).click();
  await page.locator('.tables table').first().waitFor();
  await page.waitForLoadState('networkidle');
  await page.close();
  return elapsedMs;
}
