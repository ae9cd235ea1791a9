import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gradientFlow } from '../../../../src/experiments/theory/computations/gradient-flow.js';
import {
  gradientFlowProblems,
  gradientFlowSchema,
} from '../../../../src/experiments/theory/computations/gradient-flow-settings.js';
import { singularValues } from '../../../../src/experiments/theory/projections.js';
import { groundTruth, randomFrom } from '../../../../src/experiments/theory/random.js';
import { compute } from './run.js';

const FLOW = { ambientDim: 6, rank: 2, latentDim: 4 };
const DESCENT = { ...FLOW, objective: 'l', stepSize: 1e-3, smallestDeviation: 0.2, maxSteps: 100_000 };

describe('the gradient flow of L1', () => {
  test('ends at the smallest eps~ and stays below the bound', () => {
    const { rows, verdict } = compute(gradientFlow, FLOW);
    assert.equal(verdict.outcome, 'smallest-deviation');
    assert.deepEqual([verdict.complete, verdict.holds], [true, true]);
    assert.ok(verdict.measures.deviation <= 0.01);
    assert.ok(verdict.measures.smallestMargin > 0);
    // The tolerance is the solver's error in log |P_Wperp A~|^2 divided by the t / K of the first step.
    assert.ok(verdict.measures.smallestRate > 2 - 1e-3, 'Lemma 5 gives twice the rate of Lemma 6');
    assert.ok(rows.length > 20);
    assert.equal(rows.at(-1)?.time, verdict.measures.time);
  });

  test('starts with the bound equal to the bounded quantity', () => {
    const [first] = compute(gradientFlow, FLOW).rows;
    assert.equal(first?.time, 0);
    assert.equal(first.margin, 0);
    assert.ok(Number.isNaN(first.rate));
  });

  test('logs margins that agree with its other columns', () => {
    for (const row of compute(gradientFlow, FLOW).rows) {
      assert.ok(Math.abs(row.margin - (row.logBound - row.logOutside)) < 1e-12);
      assert.ok(row.rowMargin <= row.margin + 1e-12);
    }
  });

  test('reports the smallest numbers of its rows in the verdict', () => {
    const { rows, verdict } = compute(gradientFlow, FLOW);
    const later = rows.slice(1);
    assert.equal(verdict.measures.smallestMargin, Math.min(...later.map(({ margin }) => margin)));
    assert.equal(verdict.measures.smallestRowMargin, Math.min(...later.map(({ rowMargin }) => rowMargin)));
    assert.equal(verdict.measures.smallestRate, Math.min(...later.map(({ rate }) => rate)));
    assert.equal(verdict.measures.k, Math.max(...rows.map(({ k }) => k)));
  });

  test('logs a row whenever the time has grown by a fiftieth of K', () => {
    // With one latent for three dimensions eps~ converges, so rows are due only because of the time.
    const { rows } = compute(gradientFlow, { ambientDim: 4, rank: 3, latentDim: 1, maxTime: 20 });
    for (const [i, row] of rows.slice(1).entries()) {
      const before = rows[i];
      assert.ok(before !== undefined);
      // A row is due after 0.02 K, and the step that makes it due can add up to 0.02 K.
      assert.ok(row.time - before.time < 0.05 * row.k);
    }
  });

  test('holds for several starts', () => {
    for (const seed of [1, 2, 3])
      for (const startScale of [0.1, 1]) {
        const { verdict } = compute(gradientFlow, { ...FLOW, seed, startScale });
        assert.equal(verdict.holds, true);
      }
  });

  test('is completed past a saddle, where A~ and B~ return to it far faster than eps~ changes', () => {
    // An explicit solver stopped at the limit of 20,000 steps at t = 33 for the first and at t = 76 for the second.
    const saddle = compute(gradientFlow, { ...FLOW, startScale: 0.1, seed: 3 }).verdict;
    assert.deepEqual([saddle.outcome, saddle.complete, saddle.holds], ['decayed', true, true]);
    const optimum = compute(gradientFlow, { ambientDim: 4, rank: 3, latentDim: 2, startScale: 0.1 }).verdict;
    assert.deepEqual([optimum.outcome, optimum.complete, optimum.holds], ['max-time', true, true]);
    assert.ok(saddle.measures.steps < 5_000 && optimum.measures.steps < 10_000);
    // The optimum of probabilistic PCA: eps~^2 is the sum of the squared singular values that are not learned, over d - r = 2.
    const missed = singularValues(groundTruth(randomFrom(1), 4, 3))[2] ?? NaN;
    assert.ok(Math.abs(optimum.measures.deviation - missed / Math.SQRT2) < 1e-8);
  });

  test('measures the same to the tolerance of the solver', () => {
    const [coarse, fine] = [1e-8, 1e-11].map(
      (tolerance) => compute(gradientFlow, { ...FLOW, maxTime: 0.5, tolerance }).verdict.measures,
    );
    assert.ok(coarse !== undefined && fine !== undefined && fine.steps > 2 * coarse.steps);
    for (const name of ['deviation', 'logOutsideDecay'] as const)
      assert.ok(Math.abs(coarse[name] - fine[name]) < 1e-6, `${name}: ${coarse[name]} and ${fine[name]}`);
  });

  test('ends at maxTime', () => {
    const { verdict } = compute(gradientFlow, { ...FLOW, maxTime: 0.1 });
    assert.deepEqual([verdict.outcome, verdict.complete, verdict.measures.time], ['max-time', true, 0.1]);
  });

  test('ends as decayed when the bound is below rounding, because eps~ does not vanish with fewer latents than the rank', () => {
    const { verdict } = compute(gradientFlow, {
      ambientDim: 4,
      rank: 3,
      latentDim: 1,
      maxTime: 10_000,
      tolerance: 1e-7,
      maxSteps: 100_000,
    });
    assert.deepEqual([verdict.outcome, verdict.complete, verdict.holds], ['decayed', true, true]);
    assert.ok(verdict.measures.logBoundDecay < -36);
    assert.ok(
      Number.isNaN(verdict.measures.smallestTailMargin),
      'one latent has one singular value, and dim W is 3',
    );
    assert.ok(verdict.measures.smallestRate > 2 - 1e-3);
  });

  test('is incomplete when it is abandoned at maxSteps, and reports the time reached', () => {
    const { verdict } = compute(gradientFlow, { ...FLOW, maxSteps: 5 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['step-limit', false]);
    assert.equal(verdict.measures.steps, 5);
    assert.ok(verdict.measures.time > 0 && verdict.measures.time < 1);
  });

  test('is incomplete when it is abandoned because K explodes', () => {
    const { verdict } = compute(gradientFlow, { ...FLOW, startScale: 10, largestK: 10 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['k-exploded', false]);
    assert.ok(verdict.measures.k > 10);
  });

  test('is incomplete when it is abandoned because its steps collapse', () => {
    // eps~^2 falls about linearly to 0 in finite time. When it is 1e-16, a step no longer changes t.
    const { verdict } = compute(gradientFlow, { ...FLOW, smallestDeviation: 1e-10 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['step-collapsed', false]);
    assert.ok(verdict.measures.deviation < 1e-6);
  });
});

describe('gradient descent on L', () => {
  test('ends at the smallest eps~ and stays below the bound', () => {
    const { verdict } = compute(gradientFlow, DESCENT);
    assert.deepEqual([verdict.outcome, verdict.complete, verdict.holds], ['smallest-deviation', true, true]);
    assert.ok(verdict.measures.encoderK > 0);
  });

  test('ends at the eps~ of the flow if the step is small, and at a larger one if it is only stable', () => {
    // With fewer latents than the rank eps~ converges. A larger eps~ has less curvature, so descent can stay where the step is stable.
    const dims = { ambientDim: 4, rank: 3, latentDim: 2, startScale: 0.1, maxTime: 30 };
    const flow = compute(gradientFlow, dims).verdict.measures;
    const [small, large] = [1e-4, 5e-4].map(
      (stepSize) => compute(gradientFlow, { ...DESCENT, ...dims, stepSize, maxSteps: 300_000 }).verdict,
    );
    assert.ok(small !== undefined && large !== undefined);
    assert.deepEqual([small.outcome, small.complete, small.holds], ['max-time', true, true]);
    assert.ok(Math.abs(small.measures.deviation - flow.deviation) < 1e-5);
    assert.ok(large.measures.deviation > flow.deviation + 0.02);
  });

  test('diverges with a too large step size, and is then incomplete', () => {
    const { verdict } = compute(gradientFlow, { ...DESCENT, stepSize: 0.5 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['diverged', false]);
  });

  test('does not hold if steps of gradient descent overshoot', () => {
    // The curvature of L with respect to B~ is that of A A^T, above 2, so steps of size 1 grow. A large eps~ keeps the rest in its domain.
    const { verdict } = compute(gradientFlow, {
      ...DESCENT,
      stepSize: 1,
      startScale: 0.1,
      startDeviation: 30,
      smallestDeviation: 0.9,
    });
    assert.deepEqual([verdict.complete, verdict.holds], [false, false]);
    assert.ok(verdict.measures.smallestMargin < -1);
  });
});

describe('settings of a gradient flow', () => {
  const problems = (values: Readonly<Record<string, unknown>>) =>
    gradientFlowProblems(
      gradientFlowSchema.parse({ kind: 'gradient-flow', seed: 1, ...FLOW, ...values }),
    ).map(({ message }) => message);

  test('are accepted if they are valid', () => {
    assert.deepEqual(problems({}), []);
  });

  test('are rejected if the rank is at least the ambient dimension', () => {
    const message = (rank: number) =>
      `expected a rank below the ambient dimension 6 (no direction would be outside of W), got ${rank}`;
    assert.deepEqual(problems({ rank: 6 }), [message(6)]);
    assert.deepEqual(problems({ rank: 7 }), [message(7)]);
  });

  test('are rejected if the path would start at its end', () => {
    assert.deepEqual(problems({ startDeviation: 0.01 }), [
      'expected a smallestDeviation below startDeviation 0.01, got 0.01',
    ]);
  });

  test('are rejected if the step size is missing or has no meaning', () => {
    assert.deepEqual(problems({ objective: 'l' }), [
      'gradient descent on l requires a stepSize, for example 0.0001',
    ]);
    assert.deepEqual(problems({ stepSize: 0.1 }), [
      'the flow of l1 has no stepSize: remove it, or set objective to l',
    ]);
  });
});
