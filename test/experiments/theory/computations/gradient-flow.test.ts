import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { gradientFlow } from '../../../../src/experiments/theory/computations/gradient-flow.js';
import {
  gradientFlowProblems,
  gradientFlowSchema,
} from '../../../../src/experiments/theory/computations/gradient-flow-settings.js';
import { compute } from './run.js';

const FLOW = { ambientDim: 6, rank: 2, latentDim: 4 };
const DESCENT = { ...FLOW, objective: 'l', stepSize: 1e-3, smallestDeviation: 0.2, maxSteps: 100_000 };

describe('the gradient flow of L1', () => {
  test('ends at the smallest eps~, under the bound at every time', () => {
    const { rows, verdict } = compute(gradientFlow, FLOW);
    assert.equal(verdict.outcome, 'smallest-deviation');
    assert.deepEqual([verdict.complete, verdict.holds], [true, true]);
    assert.ok(verdict.measures.deviation <= 0.01);
    assert.ok(verdict.measures.smallestMargin > 0);
    // The solver's error in log |P_Wperp A~|^2, over the t / K of the first step.
    assert.ok(verdict.measures.smallestRate > 2 - 1e-3, 'Lemma 5 gives twice the rate of Lemma 6');
    assert.ok(rows.length > 20);
    assert.equal(rows.at(-1)?.time, verdict.measures.time);
  });

  test('starts where the bound is what it bounds', () => {
    const [first] = compute(gradientFlow, FLOW).rows;
    assert.equal(first?.time, 0);
    assert.equal(first.margin, 0);
    assert.ok(Number.isNaN(first.rate));
  });

  test('has the margin that its columns say', () => {
    for (const row of compute(gradientFlow, FLOW).rows) {
      assert.ok(Math.abs(row.margin - (row.logBound - row.logOutside)) < 1e-12);
      assert.ok(row.rowMargin <= row.margin + 1e-12);
    }
  });

  test('has the smallest of the numbers in its rows for a verdict', () => {
    const { rows, verdict } = compute(gradientFlow, FLOW);
    const later = rows.slice(1);
    assert.equal(verdict.measures.smallestMargin, Math.min(...later.map(({ margin }) => margin)));
    assert.equal(verdict.measures.smallestRowMargin, Math.min(...later.map(({ rowMargin }) => rowMargin)));
    assert.equal(verdict.measures.smallestRate, Math.min(...later.map(({ rate }) => rate)));
    assert.equal(verdict.measures.k, Math.max(...rows.map(({ k }) => k)));
  });

  test('has a row for every fiftieth of K in time', () => {
    // One latent for three dimensions: eps~ settles, and only the time makes rows due.
    const { rows } = compute(gradientFlow, { ambientDim: 4, rank: 3, latentDim: 1, maxTime: 20 });
    for (const [i, row] of rows.slice(1).entries()) {
      const before = rows[i];
      assert.ok(before !== undefined);
      // A row is due after 0.02 K; the step that makes it due takes up to 0.02 K more.
      assert.ok(row.time - before.time < 0.05 * row.k);
    }
  });

  test('holds for many starts', () => {
    for (const seed of [1, 2, 3])
      for (const startScale of [0.1, 1]) {
        const { verdict } = compute(gradientFlow, { ...FLOW, seed, startScale });
        assert.equal(verdict.holds, true);
      }
  });

  test('ends at maxTime', () => {
    const { verdict } = compute(gradientFlow, { ...FLOW, maxTime: 0.1 });
    assert.deepEqual([verdict.outcome, verdict.complete, verdict.measures.time], ['max-time', true, 0.1]);
  });

  test('ends as decayed where the bound is below rounding: fewer latents than the rank keep eps~ up', () => {
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

  test('given up at maxSteps is not complete, and says how far it got', () => {
    const { verdict } = compute(gradientFlow, { ...FLOW, maxSteps: 5 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['step-limit', false]);
    assert.equal(verdict.measures.steps, 5);
    assert.ok(verdict.measures.time > 0 && verdict.measures.time < 1);
  });

  test('given up where K explodes is not complete', () => {
    const { verdict } = compute(gradientFlow, { ...FLOW, startScale: 10, largestK: 10 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['k-exploded', false]);
    assert.ok(verdict.measures.k > 10);
  });

  test('given up where its steps collapse is not complete', () => {
    // Towards the time at which eps~ is 0, where eps~^2 falls about linearly: a step changes t no more once eps~^2 is 1e-16.
    const { verdict } = compute(gradientFlow, { ...FLOW, smallestDeviation: 1e-10 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['step-collapsed', false]);
    assert.ok(verdict.measures.deviation < 1e-6);
  });
});

describe('gradient descent on L', () => {
  test('ends at the smallest eps~, under the bound', () => {
    const { verdict } = compute(gradientFlow, DESCENT);
    assert.deepEqual([verdict.outcome, verdict.complete, verdict.holds], ['smallest-deviation', true, true]);
    assert.ok(verdict.measures.encoderK > 0);
  });

  test('with too large a step diverges, which is not complete', () => {
    const { verdict } = compute(gradientFlow, { ...DESCENT, stepSize: 0.5 });
    assert.deepEqual([verdict.outcome, verdict.complete], ['diverged', false]);
  });

  test('does not hold where steps of gradient descent overshoot', () => {
    // L's curvature by B~ is that of A A^T, above 2: steps of 1 grow. A large eps~ keeps the rest in its domain meanwhile.
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

  test('that are possible have no problem', () => {
    assert.deepEqual(problems({}), []);
  });

  test('with a rank of all of x-space or more are refused', () => {
    const message = (rank: number) =>
      `expected a rank below the ambient dimension 6, so that something lies outside W, got ${rank}`;
    assert.deepEqual(problems({ rank: 6 }), [message(6)]);
    assert.deepEqual(problems({ rank: 7 }), [message(7)]);
  });

  test('that start where they end are refused', () => {
    assert.deepEqual(problems({ startDeviation: 0.01 }), [
      'expected a smallestDeviation below startDeviation 0.01, got 0.01',
    ]);
  });

  test('with a step size that is missing or has no meaning are refused', () => {
    assert.deepEqual(problems({ objective: 'l' }), [
      'gradient descent on l needs a stepSize, such as 0.0001',
    ]);
    assert.deepEqual(problems({ stepSize: 0.1 }), [
      'the flow of l1 has no stepSize: leave it out, or set objective to l',
    ]);
  });
});
