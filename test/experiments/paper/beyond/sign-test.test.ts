import assert from 'node:assert/strict';
import { test } from 'node:test';
import { decide, signTest } from '../../../../src/experiments/paper/beyond/sign-test.js';

const differences = (negative: number, positive: number, ties = 0) => [
  ...Array.from({ length: negative }, () => -1),
  ...Array.from({ length: positive }, () => 2),
  ...Array.from({ length: ties }, () => 0),
];
const split = (negative: number, positive: number, ties = 0) =>
  signTest(differences(negative, positive, ties));

test('computes the exact two-sided p-value, without ties', () => {
  // Sums of binomial coefficients over powers of 2, by hand.
  const cases = [
    [6, 0, 2 / 64],
    [0, 5, 2 / 32],
    [9, 1, (2 * 11) / 1024],
    [14, 4, (2 * (1 + 18 + 153 + 816 + 3060)) / 2 ** 18],
    [3, 3, 1],
    [0, 0, 1],
  ] as const;
  for (const [negative, positive, expected] of cases)
    for (const ties of [0, 7]) {
      const found = split(negative, positive, ties);
      assert.ok(Math.abs(found.pValue - expected) < 1e-12, `${negative}:${positive}`);
      assert.deepEqual(
        [found.count, found.negative, found.positive],
        [negative + positive + ties, negative, positive],
      );
    }
});

test('is exact where 2^-n underflows', () => {
  assert.equal(split(1000, 1000).pValue, 1);
  // The normal approximation with continuity correction: |z| = 99/sqrt(2000) = 2.2137, p = 0.0269.
  assert.ok(Math.abs(split(1050, 950).pValue - 0.0269) < 1e-4);
});

test('decides only what the tests show', () => {
  assert.equal(decide([split(6, 0), split(9, 1)]), 'holds');
  assert.equal(decide([split(6, 0), split(5, 0)]), 'undecided');
  assert.equal(decide([split(0, 6)]), 'does not hold');
  // p = 0.031: enough against one of one, not against one of two.
  assert.equal(decide([split(6, 0), split(0, 6)]), 'undecided');
  assert.equal(decide([split(6, 0), split(0, 7)]), 'does not hold');
  assert.equal(decide([split(0, 0, 20)]), 'undecided');
  assert.equal(decide([split(6, 0), split(0, 0)]), 'not judged: nothing to compare');
  assert.equal(decide([]), 'not judged: nothing to compare');
});
