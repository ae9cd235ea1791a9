import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ExperimentName } from '../../src/experiments/vae/settings/training-data.js';
import { estimateCost, estimateElapsedMs } from '../../src/task/cost.js';
import { sampleTask } from '../store/sample-task.js';
import type { CellValues } from '../../src/experiments/vae/settings/training-experiment.js';
import { resolveSettings } from '../../src/experiments/vae/settings/training-experiment.js';

const costOf = (experiment: ExperimentName, values: CellValues) =>
  estimateCost(resolveSettings(experiment, values));

/** Experiment, dimensions, and measured microseconds per step for each engine. */
const MEASURED = [
  ['linear', [9, 20, 20], { c: 14.2, compiled: 33, eager: 11_900 }],
  ['sigmoid', [7, 28, 24], { c: 23.6, compiled: 53, eager: 13_100 }],
  ['sphere', [6, 14, 13], { c: 1_042, compiled: 1_319, eager: 17_300 }],
] as const;

test('estimates are within 15% of the measurements that they were fitted to', () => {
  for (const [experiment, [intrinsic, ambient, latent], measured] of MEASURED) {
    const dimensions = [intrinsic, ambient, latent] as const;
    const values: CellValues = { dimensions, seed: 2, steps: 1_000_000, evaluateEverySteps: 1_000_000 };
    const within = (estimate: number, measured: number) => Math.abs(estimate / measured - 1) < 0.15;
    for (const engine of ['c', 'compiled', 'eager'] as const) {
      const { microsecondsPerStep } = costOf(experiment, { ...values, engine });
      assert.ok(
        within(microsecondsPerStep, measured[engine]),
        `${experiment}, ${engine}: ${String(microsecondsPerStep)}`,
      );
    }
  }
});

test('a short task is estimated to take most of its time besides its steps', () => {
  // On the CPU without AVX-512 in docs/performance.md, 500 steps take about a third of the time of their task.
  const values: CellValues = { dimensions: [3, 12, 20], seed: 2 };
  const short = costOf('linear', { ...values, steps: 500 }).trainingMs;
  const shorter = costOf('linear', { ...values, steps: 1 }).trainingMs;
  assert.ok(shorter > short / 2, `${shorter} of ${short}`);
  const often = costOf('linear', { ...values, steps: 500, evaluateEverySteps: 50 }).trainingMs;
  assert.ok(often > 2 * short, `${often} of ${short}`);
});

test('settings that make a task longer increase its estimate', () => {
  const values: CellValues = { dimensions: [3, 12, 20], seed: 2 };
  const base = costOf('linear', values).trainingMs;
  const longer: Partial<CellValues>[] = [
    { steps: 100_001 },
    { batchSize: 101 },
    { dimensions: [4, 12, 20] },
    { dimensions: [3, 13, 20] },
    { dimensions: [3, 12, 21] },
    { decoderNoise: true },
    { engine: 'eager' },
  ];
  for (const change of longer)
    assert.ok(costOf('linear', { ...values, ...change }).trainingMs > base, JSON.stringify(change));
});

test('a task on data of a plugin that is not loaded has an estimate', () => {
  const { settings } = sampleTask(1, { experiment: 'flat-torus' });
  assert.ok(estimateCost(settings).trainingMs > 0);
});

test('a parameter takes 12 bytes: its value and two moments', () => {
  const bytes = (biases: boolean) => costOf('linear', { dimensions: [3, 12, 20], seed: 2, biases }).bytes;
  assert.equal(bytes(true) - bytes(false), 12 * (12 + 20));
});

test('a full step log takes 24 bytes per step, and logEverySteps thins it', () => {
  const bytes = (logEverySteps: number) =>
    costOf('linear', { dimensions: [3, 12, 20], seed: 2, logEverySteps }).bytes;
  assert.equal(bytes(1) - bytes(10), 24 * 90_000);
  assert.ok(bytes(100_000) < 250_000);
});

test('workers share the tasks, but a single task is not divided', () => {
  const cost = (trainingMs: number) => ({ microsecondsPerStep: 1, trainingMs, bytes: 0 });
  assert.equal(estimateElapsedMs([], 2), 0);
  assert.equal(estimateElapsedMs([cost(10), cost(10), cost(20)], 2), 20);
  assert.equal(estimateElapsedMs([cost(10), cost(30)], 4), 30);
});
