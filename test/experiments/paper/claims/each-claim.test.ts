import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { FinishedRun } from '../../../report/finished-run.js';
import {
  CLIPPED_SIGMOID,
  CLIPPED_SPHERE,
  CLIPPED_SPHERE_EXAMPLE,
  judged,
  LINEAR,
  SIGMOID,
  SIGMOID_EXAMPLE,
  SPHERE,
  SPHERE_EXAMPLE,
  sweepOf,
  verdict,
  type Metrics,
} from './sample-claims.js';

describe('the test of each claim on the last evaluation:', () => {
  const cases: [string, string, Metrics, Metrics][] = [
    ['linear-rows', LINEAR, { nonzeroDecoderRows: 3 }, { nonzeroDecoderRows: 4 }],
    [
      'linear-zeros-at-least-rows',
      LINEAR,
      { encoderZeros: 4, nonzeroDecoderRows: 4 },
      { encoderZeros: 3, nonzeroDecoderRows: 4 },
    ],
    ['linear-zeros-correct', LINEAR, { encoderZeros: 3 }, { encoderZeros: 4 }],
    ['linear-density', LINEAR, { eigenvalueError: 0.3 }, { eigenvalueError: 0.05 }],
    ['zeros-at-least-intrinsic', SIGMOID, { encoderZeros: 3 }, { encoderZeros: 2 }],
    ['sphere-zeros-above-intrinsic', SPHERE, { encoderZeros: 4 }, { encoderZeros: 3 }],
    ['variance-vanishes', SIGMOID, { decoderVariance: 1e-4 }, { decoderVariance: 0.05 }],
    ['padding-vanishes', SIGMOID, { paddingError: 1e-3 }, { paddingError: 0.2 }],
    ['variances-separated', SIGMOID, { encoderBetween: 1 }, { encoderBetween: 2 }],
    ['clipped-sigmoid-zeros', CLIPPED_SIGMOID, { encoderZeros: 3 }, { encoderZeros: 4 }],
    ['clipped-sphere-small', CLIPPED_SPHERE, { encoderSmall: 4 }, { encoderSmall: 3 }],
  ];
  for (const [claim, text, agrees, disagrees] of cases)
    test(claim, () => {
      assert.equal(verdict(claim, text, [agrees, agrees])?.outcome, 'holds');
      assert.equal(verdict(claim, text, [agrees, disagrees])?.outcome, 'does not hold');
      assert.equal(verdict(claim, text, [agrees, null])?.outcome, 'not judged: not enough tasks');
    });

  test('sigmoid-reconstruction, for which one task is enough', () => {
    const [agrees, disagrees] = [{ squaredError: 0.0012 }, { squaredError: 0.000028 }];
    const text = SIGMOID_EXAMPLE;
    assert.equal(verdict('sigmoid-reconstruction', text, [agrees, disagrees])?.outcome, 'holds');
    const found = verdict('sigmoid-reconstruction', text, [disagrees, disagrees]);
    assert.equal(found?.outcome, 'does not hold');
    assert.equal(
      found.exceptions[0],
      'sigmoid 7-28-24, seed 1: 2.80e-5 (root mean square per coordinate 0.001)',
    );
  });

  test('clipped-sphere-near-0.1, for which one task is enough', () => {
    const [agrees, disagrees] = [0.08, 0.04].map((largest) => ({ encoderVariance: [0.02, largest, 0.9] }));
    const outcome = (runs: readonly (Metrics | null)[]) =>
      verdict('clipped-sphere-near-0.1', CLIPPED_SPHERE, runs)?.outcome;
    assert.ok(agrees && disagrees);
    assert.equal(outcome([agrees, disagrees]), 'holds');
    assert.equal(outcome([agrees, null]), 'holds');
    assert.equal(outcome([disagrees, disagrees]), 'does not hold');
    assert.equal(outcome([disagrees, null]), 'not judged: not enough tasks');
  });

  const others: [string, string, Metrics, Metrics][] = [
    ['other-thresholds-sigmoid', CLIPPED_SIGMOID, { encoderZeros: 3 }, { encoderZeros: 4 }],
    ['other-thresholds-sphere', CLIPPED_SPHERE, { encoderSmall: 4 }, { encoderSmall: 3 }],
  ];
  for (const [claim, atMinus4, agrees, disagrees] of others)
    test(`${claim}, for which 80% of the tasks are enough`, () => {
      const text = atMinus4
        .replace(', decoderVarianceThreshold: e^-4', '')
        .replace('seed: [1, 2]', 'seed: [1], decoderVarianceThreshold: [e^-2, e^-3, e^-5, e^-6, e^-8]');
      const outcome = (disagreeing: number) =>
        verdict(
          claim,
          text,
          [0, 1, 2, 3, 4].map((index) => (index < disagreeing ? disagrees : agrees)),
        )?.outcome;
      assert.deepEqual([0, 1, 2].map(outcome), ['holds', 'holds', 'does not hold']);
      assert.equal(verdict(claim, atMinus4, []), undefined, 'e^-4 is not one of the others');
    });

  test('sphere data with r* + 1 coordinates have no padding error', () => {
    const text = SIGMOID.replace('[3, 8, 6]', '[3, 4, 6]');
    assert.equal(verdict('padding-vanishes', text, []), undefined);
  });

  test('the claims about separation and padding do not apply to linear data', () => {
    for (const claim of ['variances-separated', 'padding-vanishes', 'zeros-at-least-intrinsic'])
      assert.equal(verdict(claim, LINEAR, []), undefined);
  });

  test('a linear task with too few zeros is explained by its smallest eigenvalue', () => {
    const few = {
      encoderZeros: 2,
      nonzeroDecoderRows: 3,
      eigenvalues: [4, 1, 0.0011],
      decoderVariance: 1.5e-4,
    };
    assert.deepEqual(verdict('linear-zeros-at-least-rows', LINEAR, [few, null])?.exceptions, [
      'linear 3-8-6, seed 1: -1 (smallest eigenvalue of A A^T 0.0011, eps^2 1.50e-4)',
    ]);
  });
});

describe('the test of each claim about the loss:', () => {
  const losses = (...values: readonly number[]): FinishedRun => ({
    evaluations: [
      { step: 0, loss: 100 },
      ...values.map((loss, index) => ({ step: (150_000 * (index + 1)) / values.length, loss })),
    ],
  });

  test('loss-falls needs a fall in each quarter of training', () => {
    const steady = losses(90, 80, 30, 29);
    assert.deepEqual(
      judged('loss-falls', SIGMOID, [steady, steady])?.detail,
      '2 of 2 tasks agree; values from 1 to 1',
    );
    assert.equal(judged('loss-falls', SIGMOID, [steady, losses(90, 80, 30, 30.5)])?.outcome, 'does not hold');
  });

  test('loss-falls is not judged if a quarter has no evaluation', () => {
    const few = losses(90, 80);
    const found = judged('loss-falls', SIGMOID, [few, few]);
    assert.deepEqual(
      [found?.outcome, found?.detail],
      ['not judged: too few evaluations', '2 tasks have too few evaluations'],
    );
  });

  test('clipped-loss-steady compares the third quarter of training with the last', () => {
    const found = (last: number) => {
      const run = losses(60, 50, 10, last);
      return judged('clipped-loss-steady', CLIPPED_SIGMOID, [run, run]);
    };
    assert.equal(found(9.6)?.outcome, 'holds');
    assert.deepEqual(
      [found(9)?.outcome, found(9)?.detail],
      ['does not hold', '0 of 2 tasks agree; values from 1 to 1'],
    );
  });
});

describe('the test of each claim about points and parameters:', () => {
  const ended = (run: Partial<FinishedRun>): FinishedRun => ({ evaluations: [{}], ...run });

  test('sphere-points-inside', () => {
    const inside = ended({ generated: [[0.5, 0, 0, 9], [0, 0.9], [2]] });
    const outside = ended({ generated: [[0.5], [0, 1.1], [1, 1]] });
    assert.equal(judged('sphere-points-inside', SPHERE_EXAMPLE, [inside, outside])?.outcome, 'holds');
    const found = judged('sphere-points-inside', SPHERE_EXAMPLE, [outside, outside]);
    assert.deepEqual(
      [found?.outcome, found?.detail],
      ['does not hold', '0 of 2 tasks agree; values from 0.333 to 0.333'],
    );
  });

  test('clipped-sphere-both-sides', () => {
    const text = CLIPPED_SPHERE_EXAMPLE;
    const both = ended({ generated: [[0.5], [0.9], [0.7], [1.1]] });
    const inside = ended({ generated: [[0.5], [0.9], [0.7], [0.8], [0.6], [1.1]] });
    assert.equal(judged('clipped-sphere-both-sides', text, [both, inside])?.outcome, 'holds');
    const found = judged('clipped-sphere-both-sides', text, [inside, inside]);
    assert.deepEqual(
      [found?.outcome, found?.detail],
      ['does not hold', '0 of 2 tasks agree; values from 0.167 to 0.167'],
    );
  });

  /** Returns a decoder with one dense layer, [8, 16], whose Jacobian has this rank. */
  const perceptron = (rank: number) =>
    ended({ matrices: { 'decoder.0.kernel': diagonal(8, 16, rank), 'decoder.0.bias': [zeros(16)] } });
  /** Returns a decoder for sigmoid data with this rank. */
  const sigmoidDecoder = (rank: number) =>
    ended({
      matrices: {
        'decoder.linear.kernel': diagonal(24, 28, rank),
        'decoder.sigmoid.kernel': diagonal(24, 28, 0),
      },
    });

  test('sphere-generator-dimension', () => {
    const name = 'sphere-generator-dimension';
    assert.equal(judged(name, SPHERE_EXAMPLE, [perceptron(3), perceptron(2)])?.outcome, 'holds');
    assert.equal(judged(name, SPHERE_EXAMPLE, [perceptron(4), perceptron(2)])?.outcome, 'does not hold');
  });

  test('sigmoid-generator-dimension', () => {
    const name = 'sigmoid-generator-dimension';
    assert.equal(judged(name, SIGMOID_EXAMPLE, [sigmoidDecoder(8), sigmoidDecoder(7)])?.outcome, 'holds');
    assert.equal(
      judged(name, SIGMOID_EXAMPLE, [sigmoidDecoder(7), sigmoidDecoder(7)])?.outcome,
      'does not hold',
    );
  });
});

describe('example-eigenvalues', () => {
  const text = sweepOf('linear', 'table1', ', randomStreams: released-code', '[6, 20, 20]', '[2, 3]');
  /** Returns a task that had these eigenvalues at the evaluation before its last. */
  const run = (
    sampleEigenvalues: readonly number[],
    generatedSampleEigenvalues: readonly number[],
  ): FinishedRun => ({
    evaluations: [
      { step: 95_000, sampleEigenvalues, generatedSampleEigenvalues },
      { sampleEigenvalues: [1], generatedSampleEigenvalues: [1] },
    ],
  });
  const generator = [7.8538, 5.9652, 4.2371, 1.4919, 0.16628, 0.03494];
  const example = run([16.39, 9.545, 5.058, 1.5396, 0.1557, 0.0011], generator);
  const other = run([16.2, 9.545, 5.058, 1.5396, 0.1557, 0.0011], generator);

  test('holds if all twelve eigenvalues of one task round to the printed ones', () => {
    const found = judged('example-eigenvalues', text, [example, other]);
    assert.deepEqual([found?.outcome, found?.detail], ['holds', '1 of 2 tasks agree; values from 11 to 12']);
  });

  test('does not hold if no task has all of them', () => {
    const found = judged('example-eigenvalues', text, [other, other]);
    assert.equal(found?.outcome, 'does not hold');
    assert.match(found.exceptions[0] ?? '', /: 11 \(of 12 printed; data 0.0011, 0.156, .*, 16.2; generator /);
  });
});

function diagonal(rows: number, columns: number, ones: number): number[][] {
  return Array.from({ length: rows }, (_, row) =>
    Array.from({ length: columns }, (__, column) => (row === column && row < ones ? 1 : 0)),
  );
}

function zeros(size: number): number[] {
  return Array.from({ length: size }, () => 0);
}
