import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { ksDistance } from '../../../../src/experiments/paper/claims/ks-distance.js';
import type { FinishedRun } from '../../../report/finished-run.js';
import { judged } from './sample-claims.js';

const clipped = (experiment: string, table: string, dimensions: string, steps = '') => `
experiment: ${experiment}
table: ${table}
grid: { decoderVarianceThreshold: [e^-4, e^-5, e^-6, e^-8], seed: [1] }
settings: { dimensions: ${dimensions}${steps} }
`;
const SPHERE = clipped('sphere', 'table5', '[2, 16, 8]');
const SIGMOID = clipped('sigmoid', 'table4', '[7, 28, 24]');
/** The four thresholds, and then the task without clipping. */
const withUnclipped = (experiment: string, text: string, table: string, dimensions: string) => ({
  text: 'sweeps: [clipped.yaml, plain.yaml]',
  files: {
    'clipped.yaml': text,
    'plain.yaml': `experiment: ${experiment}\ntable: ${table}\nsettings: { dimensions: ${dimensions}, seed: 1 }\n`,
  },
});

const withErrors = (...errors: readonly number[]): FinishedRun[] =>
  errors.map((manifoldError) => ({ evaluations: [{ manifoldError }] }));
/** Returns tasks whose generated points have these norms. */
const withNorms = (...norms: readonly (readonly number[])[]): FinishedRun[] =>
  norms.map((values) => ({ evaluations: [{}], generated: values.map((norm) => [0, norm]) }));

describe('the fit to the true data over the thresholds', () => {
  for (const [name, text] of [
    ['thresholds-sphere-closer', SPHERE],
    ['thresholds-sigmoid-closer', SIGMOID],
  ] as const)
    test(`${name} needs an error that falls and rises again`, () => {
      const found = judged(name, text, withErrors(0.02, 0.01, 0.03, 0.1));
      assert.deepEqual(
        [found?.outcome, found?.detail],
        ['holds', 'manifold error 0.02 at e^-4, 0.01 at e^-5, 0.03 at e^-6, 0.1 at e^-8'],
      );
      for (const errors of [
        [0.02, 0.03, 0.04, 0.1],
        [0.1, 0.05, 0.03, 0.02],
      ])
        assert.equal(judged(name, text, withErrors(...errors))?.outcome, 'does not hold');
    });

  test('is not judged if the tasks of a threshold are missing', () => {
    const found = judged('thresholds-sphere-closer', SPHERE, withErrors(0.02, 0.01, 0.03));
    assert.deepEqual(
      [found?.outcome, found?.detail],
      ['not judged: not enough tasks', 'no task has finished at e^-8'],
    );
  });

  test('is not judged for fewer steps than in the paper, and omitted without clipped tasks', () => {
    const short = clipped('sphere', 'table5', '[2, 16, 8]', ', steps: 10000');
    const errors = withErrors(0.02, 0.01, 0.03, 0.1);
    assert.equal(judged('thresholds-sphere-closer', short, errors)?.outcome, 'not judged: too few steps');
    const other = clipped('sphere', 'table5', '[2, 6, 6]');
    assert.equal(judged('thresholds-sphere-closer', other, errors), undefined);
  });
});

describe('the points of the sphere over the thresholds:', () => {
  test('fewer of them are outside', () => {
    const norms = [[2, 2], [2, 0.5, 0.5], [2, 0.5, 0.5, 0.5], [0.5]];
    assert.equal(judged('thresholds-sphere-outside', SPHERE, withNorms(...norms))?.outcome, 'holds');
    assert.equal(
      judged('thresholds-sphere-outside', SPHERE, withNorms(...norms.toReversed()))?.outcome,
      'does not hold',
    );
  });

  test('the innermost ones reach closer to the center', () => {
    const norms = [
      [0.8, 1],
      [0.7, 1],
      [0.6, 1.2],
      [0.1, 1.3],
    ];
    const found = judged('thresholds-sphere-center', SPHERE, withNorms(...norms));
    assert.deepEqual(
      [found?.outcome, found?.detail],
      ['holds', 'quantile 0.802 at e^-4, 0.703 at e^-5, 0.606 at e^-6, 0.112 at e^-8'],
    );
    assert.equal(
      judged('thresholds-sphere-center', SPHERE, withNorms(...norms.toReversed()))?.outcome,
      'does not hold',
    );
  });
});

test('the shape of the sigmoid needs a smaller error at e^-4 than without clipping', () => {
  const { text, files } = withUnclipped('sigmoid', SIGMOID, 'table2', '[7, 28, 24]');
  const at = (...errors: readonly number[]) =>
    judged('clipped-sigmoid-shape', text, withErrors(...errors), files);
  const found = at(0.02, 0.01, 0.03, 0.1, 0.3);
  assert.deepEqual([found?.outcome, found?.detail], ['holds', 'manifold error 0.02 at e^-4, 0.3 unclipped']);
  assert.equal(at(0.2, 0.01, 0.03, 0.1, 0.1)?.outcome, 'does not hold');
  assert.equal(at(0.2, 0.01, 0.03, 0.1)?.outcome, 'not judged: not enough tasks');
});

describe('the resemblance of e^-8 to the tasks without clipping', () => {
  test('is that of the norms on the sphere', () => {
    const { text, files } = withUnclipped('sphere', SPHERE, 'table3', '[2, 16, 8]');
    const at = (...norms: readonly (readonly number[])[]) =>
      judged('thresholds-sphere-unclipped', text, withNorms(...norms), files);
    const found = at([1, 1.1], [1], [1], [0.5, 0.7], [0.5, 0.6]);
    assert.deepEqual(
      [found?.outcome, found?.detail],
      ['holds', 'distance 1 at e^-4, 0.5 at e^-8, 0 unclipped'],
    );
    assert.equal(at([0.5, 0.7], [1], [1], [1, 1.1], [0.5, 0.6])?.outcome, 'does not hold');
    const none = judged('thresholds-sphere-unclipped', SPHERE, withNorms([1], [1], [1], [1]));
    assert.deepEqual(
      [none?.outcome, none?.detail],
      ['not judged: not enough tasks', 'no task has finished unclipped'],
    );
  });

  test('is that of the distances to the curve on sigmoid data', () => {
    const { text, files } = withUnclipped('sigmoid', SIGMOID, 'table2', '[7, 28, 24]');
    // With a* = (1, 0, ...) the curve is sigma(x_1), which is 1/2 at x_1 = 0.
    const run = (...residuals: readonly number[]): FinishedRun => ({
      evaluations: [{}],
      direction: [1, 0, 0, 0, 0, 0, 0],
      generated: residuals.map((residual) => [0, 0, 0, 0, 0, 0, 0, 0.5 - residual]),
    });
    const at = (...runs: readonly FinishedRun[]) => judged('thresholds-sigmoid-unclipped', text, runs, files);
    const [near, far] = [run(0, 0.01), run(0.5, -0.5)];
    assert.equal(at(near, near, near, far, far)?.outcome, 'holds');
    assert.equal(at(far, near, near, near, far)?.outcome, 'does not hold');
  });
});

/** The expected values are worked out by hand from the distribution functions. In the third case 3/4 and 1/3 at 0.4. */
test('the Kolmogorov-Smirnov distance is the largest difference of the distribution functions', () => {
  for (const [first, second, expected] of [
    [[0, 1, 2], [0, 1, 2], 0],
    [[0, 1], [2, 3], 1],
    [[0.1, 0.4, 0.4, 0.9], [0.4, 0.5, 1.2], 5 / 12],
    [[3, 1, 2, 5, 4], [2.5, 2.6], 0.6],
  ] as const)
    assert.ok(Math.abs(ksDistance(first, second) - expected) < 1e-12);
  assert.ok(Number.isNaN(ksDistance([], [1])));
});
