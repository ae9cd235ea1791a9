import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../fast-check.js';
import { quantile, type Distribution } from '../../src/search/distributions.js';
import { withoutInactive, type Space } from '../../src/search/space.js';

const shares = fc.double({ min: 2 ** -33, max: 1 - 2 ** -33, noNaN: true });
const ends = fc
  .tuple(fc.double({ min: 1e-9, max: 1e9, noNaN: true }), fc.double({ min: 1e-9, max: 1e9, noNaN: true }))
  .filter(([a, b]) => a !== b)
  .map(([a, b]) => ({ low: Math.min(a, b), high: Math.max(a, b) }));

describe('the quantile of a distribution', () => {
  test('stays within the range and never falls', () => {
    const kinds = fc.constantFrom('uniform' as const, 'logUniform' as const);
    fc.assert(
      fc.property(kinds, ends, shares, shares, (kind, { low, high }, p, q) => {
        const [a, b] = [Math.min(p, q), Math.max(p, q)].map((share) =>
          Number(quantile({ kind, low, high }, share)),
        );
        assert.ok(a !== undefined && b !== undefined && low <= a && a <= b && b <= high);
      }),
    );
  });

  test('takes each whole number of a range with the same share', () => {
    const distribution: Distribution = { kind: 'intUniform', low: -1, high: 2 };
    const values = [0.01, 0.24, 0.26, 0.49, 0.51, 0.74, 0.76, 0.99].map((p) => quantile(distribution, p));
    assert.deepEqual(values, [-1, -1, 0, 0, 1, 1, 2, 2]);
  });

  test('has the middle of a logarithmic range at its geometric mean', () => {
    assert.equal(quantile({ kind: 'logUniform', low: 1e-5, high: 1e-1 }, 0.5), 0.001);
    assert.equal(quantile({ kind: 'normal', mean: -3, deviation: 2 }, 0.5), -3);
    assert.equal(quantile({ kind: 'choice', values: ['c', 'xla', null] }, 0.99), null);
  });

  test('has six significant digits, or more in a narrow range', () => {
    assert.equal(quantile({ kind: 'uniform', low: 0, high: 1 }, 1 / 3), 0.333333);
    assert.equal(quantile({ kind: 'uniform', low: 1000, high: 1001 }, 1 / 3), 1000.33333);
    assert.equal(quantile({ kind: 'normal', mean: 1e6, deviation: 1 }, 0.9), 1000001.28155);
    assert.equal(quantile({ kind: 'uniform', low: 0.1234564, high: 1 }, 1e-9), 0.1234564);
  });
});

describe('conditions', () => {
  const range = { kind: 'uniform', low: 0, high: 1 } as const;
  const space: Space = [
    { name: 'c', distribution: range, when: { b: 2 } },
    { name: 'b', distribution: range, when: { a: [1, 1] } },
    { name: 'a', distribution: range, when: {} },
  ];

  test('remove a setting whose condition does not hold, and those that depend on it', () => {
    assert.deepEqual(withoutInactive(space, { a: [1, 1], b: 2, c: 3 }), { a: [1, 1], b: 2, c: 3 });
    assert.deepEqual(withoutInactive(space, { a: [1, 1], b: 1, c: 3 }), { a: [1, 1], b: 1 });
    assert.deepEqual(withoutInactive(space, { a: [1, 2], b: 2, c: 3, d: 4 }), { a: [1, 2], d: 4 });
    assert.deepEqual(withoutInactive(space, { b: 2, c: 3 }), {});
  });
});
