import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { badOptimumComputation } from '../../../../src/experiments/theory/computations/bad-optimum.js';
import {
  checkAtDraws,
  identitiesComputation,
} from '../../../../src/experiments/theory/computations/identities.js';
import { landscape, landscapeVerdict } from '../../../../src/experiments/theory/computations/landscape.js';
import { equality, type RandomPoint } from '../../../../src/experiments/theory/identities/identity.js';
import { compute, verdictOf } from './run.js';

describe('the landscape of Theorem 3', () => {
  // r - d = 3, so the loss goes to -infinity with more than three zero columns.
  const DIMS = { ambientDim: 5, rank: 2, latentDim: 8 };
  const cases = [
    { zeroColumns: 5, outcome: 'to-minus-infinity', slope: 2 },
    { zeroColumns: 4, outcome: 'to-minus-infinity', slope: 1 },
    { zeroColumns: 3, outcome: 'bounded', slope: 0 },
    { zeroColumns: 2, outcome: 'to-plus-infinity', slope: -1 },
  ];
  for (const { zeroColumns, outcome, slope } of cases)
    test(`with ${zeroColumns} zero columns of 8 in 5 dimensions is ${outcome}`, () => {
      const { verdict } = compute(landscape, { ...DIMS, zeroColumns });
      assert.deepEqual([verdict.outcome, verdict.holds], [outcome, true]);
      assert.equal(verdict.measures.predictedSlope, slope);
      assert.ok(Math.abs(verdict.measures.slope - slope) < 1e-6);
      assert.equal(verdict.measures.encoderZeros, 8 - zeroColumns);
      assert.ok(verdict.measures.asymptoteError < 1e-6);
    });

  test('rises by the error over 2 eps^2 if the reconstruction is broken', () => {
    const { verdict } = compute(landscape, { ...DIMS, zeroColumns: 5, reconstruction: 'broken' });
    assert.deepEqual([verdict.outcome, verdict.holds], ['to-plus-infinity', true]);
    assert.ok(verdict.measures.residual > 0.1);
  });

  test('holds for every possible number of zero columns, in other dimensions', () => {
    for (const [ambientDim, rank, latentDim] of [
      [3, 3, 4],
      [7, 1, 3],
      [4, 2, 9],
    ] as const)
      for (let zeroColumns = 0; zeroColumns <= latentDim - rank; zeroColumns++) {
        const { verdict } = compute(landscape, { ambientDim, rank, latentDim, zeroColumns });
        assert.equal(verdict.holds, true, JSON.stringify(verdict));
      }
  });

  test('does not hold with another slope, another number of zeros or another L1', () => {
    const { measures } = compute(landscape, { ...DIMS, zeroColumns: 5 }).verdict;
    const isHeld = (change: Partial<typeof measures>) =>
      landscapeVerdict({ reconstruction: 'exact' }, { ...measures, ...change }).holds;
    assert.deepEqual(
      [
        isHeld({}),
        isHeld({ slope: 2.1 }),
        isHeld({ encoderZeros: 4 }),
        isHeld({ simplifiedLossError: 1e-3 }),
      ],
      [true, false, false, false],
    );
    const broken = { ...measures, slope: -1e9, residualPart: 0.9 };
    assert.equal(landscapeVerdict({ reconstruction: 'broken' }, broken).holds, false);
  });

  test('rejects a rank above the dimension, and too few columns for the rank', () => {
    assert.throws(() => compute(landscape, { ...DIMS, rank: 6, zeroColumns: 0 }), {
      message: 'expected the rank to be at most the ambient dimension 5, got 6',
    });
    assert.throws(() => compute(landscape, { ...DIMS, zeroColumns: 7 }), {
      message:
        'expected at most 6 zero columns, got 7: A = A~ B~ A requires 2 nonzero columns (the rank) of 8',
    });
  });
});

describe('the bad optimum of Theorem 4', () => {
  const DIMS = { intrinsicDim: 3, ambientDim: 7, latentDim: 6 };
  for (const extraDims of [1, 2, 3])
    test(`has a generator and a slope of the predicted dimension: s = ${extraDims}`, () => {
      const { rows, verdict } = compute(badOptimumComputation, { ...DIMS, extraDims, points: 2_000 });
      assert.deepEqual([verdict.outcome, verdict.holds], ['to-minus-infinity', true]);
      const { generatorDim, encoderZeros, predictedSlope, slope, monteCarloSlope } = verdict.measures;
      assert.deepEqual(
        [generatorDim, encoderZeros, predictedSlope],
        [3 + extraDims, 3 + extraDims, 4 - extraDims],
      );
      assert.ok(Math.abs(slope - predictedSlope) < 1e-6);
      // The standard error of the difference of two estimates, divided by log(1e4).
      const error = ((rows[0]?.standardError ?? NaN) * Math.SQRT2) / Math.log(1e4);
      assert.ok(Math.abs(monteCarloSlope - predictedSlope) < 6 * error + 1e-4);
    });

  test('rejects an s that is too large for d or r', () => {
    assert.throws(() => compute(badOptimumComputation, { ...DIMS, ambientDim: 5, extraDims: 2 }), {
      message: 'expected extraDims to be less than ambientDim - intrinsicDim = 2, got 2',
    });
    assert.throws(() => compute(badOptimumComputation, { ...DIMS, ambientDim: 9, extraDims: 4 }), {
      message: 'expected extraDims to be at most latentDim - intrinsicDim = 3, got 4',
    });
  });
});

describe('identities', () => {
  test('report their largest error and their tolerance', () => {
    const { rows, verdict } = compute(identitiesComputation, { identity: 'lemma3', draws: 30 });
    assert.deepEqual([verdict.outcome, verdict.holds, rows.length], ['all-within', true, 30]);
    assert.equal(verdict.measures.worstError, Math.max(...rows.map(({ error }) => error)));
    assert.ok(verdict.measures.worstError > (rows.at(-1)?.error ?? NaN));
  });

  test('report statements that do not hold, also if an error is NaN', () => {
    const falsely = (value: number) => ({
      statement: 'The number of latents is at most the dimension',
      tolerance: 0,
      check: (_: unknown, { vae }: RandomPoint) =>
        vae.decoder.columns > vae.decoder.rows ? { left: 0, right: 0, error: value } : equality(1, 1),
    });
    for (const error of [1, NaN]) {
      const draws = [...checkAtDraws(falsely(error), { seed: 1, draws: 20, maxDim: 5 })];
      const wrong = draws.filter(({ latentDim, ambientDim }) => latentDim > ambientDim).length;
      assert.ok(wrong > 0 && wrong < 20);
      const { holds, outcome, measures } = verdictOf(
        checkAtDraws(falsely(error), { seed: 1, draws: 20, maxDim: 5 }),
      );
      assert.deepEqual(
        [holds, outcome, measures.exceeded, measures.worstError],
        [false, 'exceeded', wrong, error],
      );
    }
  });

  test('reject an unknown name', () => {
    assert.throws(
      () => compute(identitiesComputation, { identity: 'lemma9' }),
      /expected one of eq4, lemma1/,
    );
  });
});
