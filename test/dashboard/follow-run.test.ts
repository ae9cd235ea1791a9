import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser } from 'playwright-core';
import { MAIN } from '../cli/command.js';
import { chart, launch, open, screenshot, WITHOUT_BROWSER } from './browser.js';

const SWEEP = `
title: followed
experiment: sphere
grid: { dimensions: [[2, 6, 6]], seed: [69, 24, 48] }
settings: { steps: 4000, hiddenWidths: [100, 100], evaluateEverySteps: 1000 }
`;

describe('a run with --serve', { skip: WITHOUT_BROWSER }, () => {
  let browser: Browser;
  let run: ChildProcess;

  before(async () => {
    browser = await launch();
  });
  after(async () => {
    run.kill();
    await browser.close();
  });

  test('can be followed in a browser from start to end, and then stops its dashboard', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-follow-'));
    const file = path.join(folder, 'followed.yaml');
    writeFileSync(file, SWEEP);
    const args = [
      'run',
      file,
      '--out',
      path.join(folder, 'out'),
      '--workers',
      '1',
      '--checkpoint-every',
      '0',
    ];
    run = spawn(process.execPath, [MAIN, ...args, '--serve', '--port', '0'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(run, 'exit');
    const url = await printedUrl(run);
    const { page, complaints } = await open(browser, url);
    await page.locator('.workers li').first().waitFor();
    assert.match(await page.locator('.workers li').first().innerText(), /^worker 1\s+sphere 2-6-6, seed \d+/);
    await page.locator('.cell[data-state="done"]').first().waitFor();
    await chart(page, 'manifoldError').locator('canvas').waitFor();
    await screenshot(page, 'following');
    await page.getByRole('button', { name: 'Results' }).click();
    await page.getByText('3 of 3 done').waitFor();
    // The number of runs in the table.
    await page.locator('.tables td', { hasText: /^3$/ }).waitFor();
    assert.deepEqual(await ended, [0, null]);
    await page.locator('[data-connection="lost"]').waitFor();
    assert.deepEqual(
      complaints.filter((text) => !text.includes('net::ERR_')),
      [],
    );
  });
});

/** Returns the printed URL. Keeps reading, because a run stops when its output is closed. */
async function printedUrl({ stderr }: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    let output = '';
    stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const url = /dashboard: (\S+)/.exec(output)?.[1];
      if (url !== undefined) resolve(url);
    });
    stderr?.on('end', () => {
      reject(new Error(`the run ended: ${output}`));
    });
  });
}
