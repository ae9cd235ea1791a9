import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { perturbedNumbers } from '../../../src/experiments/paper/rounding/numbers.js';
import { roundingTable } from '../../../src/experiments/paper/rounding/table.js';
import { readTraining } from '../../report/read-training.js';
import { sampleSweep } from '../../report/sample-sweep.js';

const sweepOf = (steps: number) => `
experiment: sphere
grid: { dimensions: [[2, 6, 6]], seed: [69, 24], roundingSeed: [none, 1, 2, 3] }
settings: { steps: ${steps} }
`;

/** Finishes the tasks with these errors and numbers of latents by seed and rounding seed. @returns the rows of the table */
function tableOf(
  errors: Readonly<Record<number, readonly number[]>>,
  latents: (seed: number) => number[],
  steps = 150_000,
) {
  const sample = sampleSweep(sweepOf(steps));
  for (const task of sample.sweep.tasks) {
    const { seed, roundingSeed = 0 } = task.settings;
    const error = errors[seed]?.[roundingSeed];
    const used = latents(seed)[roundingSeed] ?? NaN;
    if (error !== undefined)
      sample.finish(task, { manifoldError: error, encoderZeros: used, encoderSmall: used, kl: 9 });
  }
  const numbers = perturbedNumbers(readTraining(sample.sweep, sample.outDir));
  return roundingTable(numbers).body.map((row) => row.slice(2));
}

const three = () => [3, 3, 3, 3];

describe('a printed number is', () => {
  it('robust if all perturbations round to the same printed digits', () => {
    const errors = { 69: [0.021, 0.0212, 0.0209, 0.021], 24: [0.021, 0.021, 0.021, 0.0211] };
    assert.deepEqual(tableOf(errors, three), [
      ['Mean Manifold Error', '0.02', '0.021', '0.0209 to 0.0211 (3)', 'robust', ''],
      ["Mean #0's in Encoder Variance", '3', '3', '3 (3)', 'robust', ''],
    ]);
  });

  it('one whose digits vary if its tasks end in the same optimum', () => {
    const errors = { 69: [0.021, 0.021, 0.05, 0.021], 24: [0.021, 0.021, 0.021, 0.021] };
    assert.deepEqual(
      tableOf(errors, three).map((row) => row[4]),
      ['digits vary', 'robust'],
    );
  });

  it('chaotic if its digits vary and the tasks of a seed end with different numbers of latents', () => {
    const same = [0.021, 0.021, 0.021, 0.021];
    const optima = 'seed 24: 3 latents (3 tasks), 4 latents (1 task)';
    assert.deepEqual(
      tableOf({ 69: same, 24: same }, (seed) => (seed === 24 ? [3, 4, 3, 3] : [3, 3, 3, 3])),
      [
        ['Mean Manifold Error', '0.02', '0.021', '0.021 (3)', 'robust', optima],
        ["Mean #0's in Encoder Variance", '3', '3', '3 to 3.5 (3)', 'chaotic', optima],
      ],
    );
  });

  it('not judged if a task is missing, with or without a perturbation', () => {
    const lacking = { 69: [], 24: [0.021, 0.021, 0.021, 0.021] };
    const few = { 69: [0.021, 0.021, 0.021], 24: [0.021, 0.021, 0.021, 0.021] };
    for (const errors of [lacking, few])
      assert.deepEqual(
        tableOf(errors, three).map((row) => row[4]),
        ['not judged: not enough tasks', 'not judged: not enough tasks'],
      );
  });

  it('not judged if the log-variances can not have reached what is counted', () => {
    const errors = { 69: [0.021, 0.021, 0.021, 0.021], 24: [0.021, 0.021, 0.021, 0.021] };
    const verdicts = (steps: number) => tableOf(errors, three, steps).map((row) => row[4]);
    assert.deepEqual(verdicts(16_900), Array(2).fill('not judged: too few steps'));
    assert.deepEqual(verdicts(20_000), ['robust', 'not judged: too few steps']);
    assert.deepEqual(verdicts(33_100), ['robust', 'robust']);
  });
});

it('a sweep without perturbations has no such numbers', () => {
  const sample = sampleSweep('experiment: sphere\nsettings: { dimensions: [2, 6, 6], seed: 69 }\n');
  sample.finish(sample.taskOf(0), { manifoldError: 0.02 });
  assert.deepEqual(perturbedNumbers(readTraining(sample.sweep, sample.outDir)), []);
});
