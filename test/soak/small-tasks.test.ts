import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommand } from '../faults/command.js';

/** Duration; `npm run test:soak` sets an hour. */
const MINUTES = Number(process.env['VAE_SWEEP_SOAK_MINUTES'] ?? 0);
const skip = MINUTES > 0 ? false : 'a soak test: npm run test:soak';
const SAMPLE_MS = 5_000;
/** Fraction of the samples to ignore at the start, while programs are compiled and heaps grow. */
const WARM_UP = 0.25;

interface Sample {
  readonly memoryMb: number;
  readonly openFiles: number;
  readonly threads: number;
  readonly temporaryEntries: number;
}

/** A sweep of short tasks of four shapes. */
const SWEEP = {
  experiment: 'linear',
  grid: {
    dimensions: [
      [2, 4, 3],
      [3, 5, 4],
      [4, 6, 5],
      [5, 7, 6],
    ],
    seed: Array.from({ length: 25_000 }, (_, seed) => seed),
  },
  settings: { steps: 500, batchSize: 10, evaluationPoints: 20, logEverySteps: 100 },
};

test(
  `${MINUTES} minutes of small tasks leak no memory, files, threads or temporary folders`,
  { skip },
  async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'vae-sweep-soak-'));
    const sweep = path.join(folder, 'sweep.yaml');
    writeFileSync(sweep, JSON.stringify(SWEEP));
    const temporary = path.join(folder, 'tmp');
    mkdirSync(temporary);
    const { child, ended } = startCommand(['run', sweep, '--out', path.join(folder, 'out')], {
      TMPDIR: temporary,
    });
    const samples: Sample[] = [];
    const endMs = performance.now() + MINUTES * 60_000;
    while (performance.now() < endMs && child.exitCode === null) {
      await delay(SAMPLE_MS);
      const pids = [child.pid ?? 0, ...childrenOf(child.pid ?? 0)];
      samples.push({
        memoryMb: sum(pids.map((pid) => numberIn(`/proc/${pid}/status`, /^VmRSS:\s*(\d+) kB$/m) / 1000)),
        openFiles: sum(pids.map((pid) => readdirSync(`/proc/${pid}/fd`).length)),
        threads: sum(pids.map((pid) => readdirSync(`/proc/${pid}/task`).length)),
        temporaryEntries: readdirSync(temporary).length,
      });
      process.stdout.write(`# ${JSON.stringify(samples.at(-1))}\n`);
    }
    child.kill('SIGINT');
    const { stderr } = await ended;
    const tasks = (stderr.match(/^done: /gm) ?? []).length;
    process.stdout.write(`# ${tasks} tasks\n`);
    rmSync(folder, { recursive: true });
    const steady = samples.slice(Math.floor(samples.length * WARM_UP));
    const [first, last] = [steady.slice(0, steady.length / 2), steady.slice(steady.length / 2)];
    for (const name of ['memoryMb', 'openFiles', 'threads', 'temporaryEntries'] as const) {
      const before = Math.max(...first.map((sample) => sample[name]));
      const after = Math.max(...last.map((sample) => sample[name]));
      assert.ok(after <= before * 1.05 + 1, `${name} rose from ${before} to ${after}`);
    }
  },
);

function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function numberIn(file: string, pattern: RegExp): number {
  return Number(pattern.exec(readFileSync(file, 'utf8'))?.[1] ?? NaN);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
