import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import {
  assignBrackets,
  decideRung,
  planHalving,
  promotedCount,
  rungBudgets,
  type CandidateResult,
} from '../../src/search/halving.js';

const STEPS = { min: 2000, max: 54_000, factor: 3 };

describe('the rungs of successive halving', () => {
  test('multiply the budget by the factor, up to the maximum', () => {
    assert.deepEqual(rungBudgets(STEPS), [2000, 6000, 18_000, 54_000]);
    assert.deepEqual(rungBudgets({ min: 2001, max: 54_000, factor: 3 }), [6000, 18_000, 54_000]);
    assert.deepEqual(rungBudgets({ min: 30, max: 100, factor: 2 }), [50, 100]);
    assert.deepEqual(rungBudgets({ min: 80, max: 100, factor: 2 }), [100]);
  });

  test('keep a share of the candidates, and at least one; a promoted candidate does only the added steps', () => {
    assert.deepEqual(planHalving(rungBudgets(STEPS), STEPS.factor, 20), [
      { budget: 2000, candidates: 20, added: 2000 },
      { budget: 6000, candidates: 6, added: 4000 },
      { budget: 18_000, candidates: 2, added: 12_000 },
      { budget: 54_000, candidates: 1, added: 36_000 },
    ]);
  });
});

describe('the brackets of Hyperband', () => {
  const sizesOf = (brackets: number, rungs: number, candidates: number, factor = 3) => {
    const assigned = assignBrackets({ factor, brackets }, rungs, candidates);
    return Array.from({ length: brackets }, (_, i) => assigned.filter((bracket) => bracket === i).length);
  };

  test('have the sizes of Algorithm 1 of Li et al. (2018)', () => {
    // R = 81 and eta = 3: ceil(5 / (s + 1) * 3^s) candidates for s = 4, ..., 0.
    assert.deepEqual(sizesOf(5, 5, 81 + 34 + 15 + 8 + 5), [81, 34, 15, 8, 5]);
  });

  test('get shares that differ by less than one from the exact ones, and keep the candidates that they have', () => {
    fc.assert(
      fc.property(
        fc.record({ factor: fc.integer({ min: 2, max: 5 }), rungs: fc.integer({ min: 2, max: 6 }) }),
        fc.nat(300),
        ({ factor, rungs }, candidates) => {
          const weights = Array.from({ length: rungs }, (_, i) => factor ** (rungs - i - 1) / (rungs - i));
          const total = weights.reduce((sum, weight) => sum + weight, 0);
          for (const [i, size] of sizesOf(rungs, rungs, candidates, factor).entries())
            assert.ok(Math.abs(size - (candidates * (weights[i] ?? 0)) / total) < rungs, `${i}: ${size}`);
          assert.deepEqual(
            assignBrackets({ factor, brackets: rungs }, rungs, candidates + 7).slice(0, candidates),
            assignBrackets({ factor, brackets: rungs }, rungs, candidates),
          );
        },
      ),
    );
  });

  test('share neighbors: of nine candidates, no bracket has only the first or the last ones', () => {
    assert.deepEqual(assignBrackets({ factor: 3, brackets: 3 }, 3, 9), [0, 1, 0, 2, 0, 1, 0, 2, 0]);
  });
});

describe('the decision of a rung', () => {
  const results: CandidateResult[] = [
    { id: 'a', values: [3, 1] },
    { id: 'b', values: [1, null] },
    { id: 'c', values: [1, 3] },
    { id: 'd', values: [1.5, 1.5] },
    { id: 'e', values: [NaN, 0] },
    { id: 'f', values: [9, 9] },
  ];

  test('ranks by the mean over seeds, then by order, and failures last', () => {
    const ranking = decideRung({ goal: 'min', factor: 2 }, results);
    assert.deepEqual(
      ranking.map(({ id, mean, isPromoted }) => [id, mean, isPromoted]),
      [
        ['d', 1.5, true],
        ['a', 2, true],
        ['c', 2, true],
        ['f', 9, false],
        ['b', null, false],
        ['e', null, false],
      ],
    );
    const reversed = decideRung({ goal: 'max', factor: 3 }, results);
    assert.deepEqual(
      reversed.filter(({ isPromoted }) => isPromoted).map(({ id }) => id),
      ['f', 'a'],
    );
  });

  test('contains the numbers that it was based on', () => {
    assert.deepEqual(decideRung({ goal: 'min', factor: 2 }, results.slice(0, 1)), [
      { id: 'a', values: [3, 1], mean: 2, isPromoted: true },
    ]);
  });

  test('promotes no failed candidate, even if places stay empty', () => {
    const failed = results.filter(({ id }) => id === 'b' || id === 'e');
    const ranking = decideRung({ goal: 'min', factor: 2 }, failed);
    assert.ok(ranking.every(({ isPromoted }) => !isPromoted));
    assert.deepEqual(decideRung({ goal: 'min', factor: 2 }, []), []);
  });

  const value = fc.option(fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e6, max: 1e6 }), {
    freq: 5,
  });
  const candidates = fc.array(fc.array(value, { minLength: 2, maxLength: 2 }), { maxLength: 40 });

  test('promotes the planned number, and none that is worse than one it leaves out', () => {
    fc.assert(
      fc.property(candidates, fc.integer({ min: 2, max: 5 }), (values, factor) => {
        const all = values.map((seeds, i) => ({ id: String(i), values: seeds }));
        const ranking = decideRung({ goal: 'min', factor }, all);
        const means = (isPromoted: boolean) =>
          ranking.filter((own) => own.isPromoted === isPromoted).map(({ mean }) => mean ?? Infinity);
        const finished = all.filter((own) => !own.values.includes(null)).length;
        assert.equal(means(true).length, Math.min(finished, promotedCount(all.length, factor)));
        assert.ok(Math.max(...means(true)) <= Math.min(...means(false)));
        assert.deepEqual(ranking.map(({ id }) => id).sort(), all.map(({ id }) => id).sort());
      }),
    );
  });

  test('does not depend on the order of distinct results', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: -1000, max: 1000 }), { maxLength: 30 }), (means) => {
        const all = means.map((mean) => ({ id: String(mean), values: [mean] }));
        const decide = (order: readonly CandidateResult[]) => decideRung({ goal: 'max', factor: 3 }, order);
        assert.deepEqual(decide(all), decide([...all].reverse()));
      }),
    );
  });
});
