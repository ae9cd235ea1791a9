import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startCommand } from '../faults/command.js';
import { printFigure, reportResult, RESOURCES, resourcesOf, type Resources } from './figures.js';

/** Duration; `npm run test:soak` sets an hour. */
const MINUTES = Number(process.env['VAE_SWEEP_SOAK_MINUTES'] ?? 0);
const skip = MINUTES > 0 ? false : 'a soak test: npm run test:soak';
const SAMPLE_MS = 5_000;
/** Number of samples between two lines of progress. */
const PRINT_EVERY = 12;
/** Fraction of the samples to ignore at the start, while programs are compiled and heaps grow. */
const WARM_UP = 0.25;

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
    const samples: Resources[] = [];
    const endMs = performance.now() + MINUTES * 60_000;
    while (performance.now() < endMs && child.exitCode === null) {
      await delay(SAMPLE_MS);
      samples.push(resourcesOf(child.pid ?? 0, temporary));
      if (samples.length % PRINT_EVERY === 1) printFigure(JSON.stringify(samples.at(-1)));
    }
    assert.equal(child.exitCode, null, 'the sweep ended early');
    child.kill('SIGINT');
    const { stderr } = await ended;
    const tasks = (stderr.match(/^done: /gm) ?? []).length;
    const steady = samples.slice(Math.floor(samples.length * WARM_UP));
    const [first, last] = [steady.slice(0, steady.length / 2), steady.slice(steady.length / 2)];
    const figures: string[] = [];
    for (const name of RESOURCES) {
      const [start, middle, end] = [steady.at(0), steady.at(steady.length / 2), steady.at(-1)].map(
        (sample) => sample?.[name],
      );
      figures.push(`${name} ${start}, ${middle}, ${end}`);
      const before = Math.max(...first.map((sample) => sample[name]));
      const after = Math.max(...last.map((sample) => sample[name]));
      assert.ok(after <= before * 1.05 + 1, `${name} rose from ${before} to ${after}`);
    }
    reportResult(
      `small tasks: ${tasks} in ${MINUTES} minutes; after the warm-up, in the middle and at the end: ${figures.join('; ')}`,
    );
    rmSync(folder, { recursive: true });
  },
);
