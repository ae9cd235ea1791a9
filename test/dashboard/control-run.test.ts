import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { MAIN, vaeSweep } from '../cli/command.js';
import { launch, open, screenshot, violations, WITHOUT_BROWSER } from './browser.js';

const SWEEP = `
title: controlled
experiment: sphere
grid: { dimensions: [[2, 6, 6]], seed: [69, 24, 48] }
settings: { steps: 30000, hiddenWidths: [60, 60], evaluateEverySteps: 10000 }
`;
const RESULTS = ['steps.arrow', 'evaluations.arrow', 'parameters.safetensors'];

describe('a run with --serve', { skip: WITHOUT_BROWSER }, () => {
  const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-controlled-'));
  const file = path.join(folder, 'controlled.yaml');
  const out = path.join(folder, 'out');
  let browser: Browser;
  let run: ChildProcess;

  before(async () => {
    writeFileSync(file, SWEEP);
    browser = await launch();
  });
  after(async () => {
    run.kill();
    await browser.close();
  });

  test('is controlled from the keyboard: a task is moved up, another cancelled, and the run stopped', async () => {
    run = spawn(
      process.execPath,
      [
        MAIN,
        'run',
        file,
        '--out',
        out,
        '--workers',
        '1',
        '--checkpoint-every',
        '0',
        '--serve',
        '--port',
        '0',
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const ended = once(run, 'exit');
    const text = outputOf(run);
    const { page, complaints } = await open(browser, await text.url, { bypassCSP: true });
    await page.locator('.workers li').first().waitFor();
    const waiting = page.locator('.cell[data-state="new"]');
    await pressOn(page, waiting.last());
    await pressOn(page, page.getByRole('button', { name: 'Run next' }));
    await page
      .getByRole('status')
      .filter({ hasText: /Asked the run to start .* next/ })
      .waitFor();
    await pressOn(page, waiting.first());
    await pressOn(page, page.getByRole('button', { name: 'Cancel task' }));
    await page
      .getByRole('status')
      .filter({ hasText: /Asked the run to cancel/ })
      .waitFor();
    assert.deepEqual(await violations(page), []);
    await pressOn(page, page.getByRole('button', { name: 'Stop the run …' }));
    await page.getByRole('dialog').waitFor();
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Keep running');
    assert.deepEqual(await violations(page), []);
    await screenshot(page, 'stop-dialog');
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    await pressOn(page, page.getByRole('button', { name: 'Stop the run …' }));
    await pressOn(page, page.getByRole('button', { name: 'Stop with checkpoints' }));
    assert.deepEqual(await ended, [130, null]);
    assert.match(text.read(), /stopping: requested by 127.0.0.1 in the dashboard/);
    assert.deepEqual(
      complaints.filter((complaint) => !complaint.includes('net::ERR_')),
      [],
    );
    const log = readFileSync(path.join(out, 'sweeps', 'controlled', 'log.jsonl'), 'utf8');
    const asked = log
      .split('\n')
      .filter((line) => line.includes('"request received"'))
      .map((line) => JSON.parse(line) as { action: string; from: string });
    assert.deepEqual(
      asked.map(({ action, from }) => `${action} ${from}`),
      ['next 127.0.0.1', 'cancel 127.0.0.1', 'stop 127.0.0.1'],
    );
    assert.match(vaeSweep('status', file, '--out', out).stdout, /1 interrupted/);
  });

  test('resumes later with the bytes of an undisturbed run', () => {
    const undisturbed = path.join(folder, 'undisturbed');
    for (const store of [out, undisturbed])
      assert.equal(vaeSweep('run', file, '--out', store, '--workers', '2').status, 0);
    for (const task of readdirSync(path.join(out, 'tasks')))
      for (const name of RESULTS) {
        const [resumed, other] = [out, undisturbed].map((store) =>
          readFileSync(path.join(store, 'tasks', task, name)),
        );
        assert.deepEqual(resumed, other, `${task} ${name}`);
      }
  });

  test('accepts nothing with --no-control', async () => {
    const other = path.join(folder, 'closed');
    run = spawn(
      process.execPath,
      [MAIN, 'run', file, '--out', other, '--workers', '1', '--no-control', '--serve', '--port', '0'],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    const text = outputOf(run);
    const { page } = await open(browser, await text.url);
    await page.getByText('This page is read-only because of --no-control.').waitFor();
    assert.equal(await page.getByRole('button', { name: 'Stop the run …' }).count(), 0);
    assert.deepEqual(
      readdirSync(other).filter((name) => name === 'control'),
      [],
    );
    run.kill('SIGINT');
    assert.deepEqual(await once(run, 'exit'), [130, null]);
  });
});

/** Focuses an element that can be reached by the keyboard, and presses Enter. */
async function pressOn(page: Page, element: ReturnType<Page['locator']>): Promise<void> {
  await element.focus();
  await page.keyboard.press('Enter');
}

/** Reads the output of a run. Keeps reading, because a run stops when its output is closed. */
function outputOf({ stderr }: ChildProcess): { url: Promise<string>; read: () => string } {
  let output = '';
  const url = new Promise<string>((resolve, reject) => {
    stderr?.on('data', (chunk: Buffer) => {
      output += chunk.toString();
      const found = /dashboard: (\S+)/.exec(output)?.[1];
      if (found !== undefined) resolve(found);
    });
    stderr?.on('end', () => {
      reject(new Error(`the run ended: ${output}`));
    });
  });
  return { url, read: () => output };
}
