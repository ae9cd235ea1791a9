import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import '../../../../src/experiments/index.js';
import { literalRun } from './computed-runs.js';
import { statementOf } from './sample-computed.js';

const NAME = 'theory-converse';
const MEASURES = {
  draws: 1_000,
  falling: 200,
  violating: 650,
  counterexamples: 0,
  exceeded: 0,
  smallestVarianceMargin: 0.4,
  smallestReconstructionMargin: 0.3,
  smallestColumnMargin: 0.7,
};

function converseRun(seed: number, verdict: object = {}, measures: Partial<typeof MEASURES> = {}) {
  return literalRun(
    { kind: 'landscape-converse', ambientDim: 5, rank: 2, latentDim: 8, draws: 1_000, decades: 8, seed },
    { outcome: 'all-within', ...verdict, measures: { ...MEASURES, ...measures } },
    {},
  );
}

describe('the statement of the converse of Theorem 3', () => {
  test('holds if no sequence contradicts it, and counts sequences over all tasks', () => {
    const { outcome, verdict, notes } = statementOf({ runs: [converseRun(1), converseRun(2)] }, NAME);
    assert.equal(outcome, 'holds');
    assert.match(verdict, /^Holds in 2 of 2 tasks; most counterexamples per task 0 /);
    assert.deepEqual(notes, [
      '400 of the 2,000 sequences drive the loss to −∞, and 1,300 do not meet a conclusion of the theorem.',
    ]);
  });

  test('does not hold with one counterexample', () => {
    const wrong = converseRun(2, { outcome: 'exceeded', holds: false }, { counterexamples: 1 });
    const { outcome, exceptions } = statementOf({ runs: [converseRun(1), wrong] }, NAME);
    assert.equal(outcome, 'does not hold');
    assert.deepEqual(exceptions, ['2-5-8, seed 2: exceeded']);
  });
});
