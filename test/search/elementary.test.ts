import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../fast-check.js';
import { exp, log, normalQuantile } from '../../src/search/elementary.js';

const relativeError = (actual: number, expected: number) => Math.abs(actual - expected) / Math.abs(expected);

test('exp and log agree with those of V8 to within a few units in the last place', () => {
  fc.assert(
    fc.property(fc.double({ min: -700, max: 700, noNaN: true }), (x) => {
      assert.ok(relativeError(exp(x), Math.exp(x)) < 1e-15);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: Number.MIN_VALUE, noNaN: true, noDefaultInfinity: true }), (x) => {
      assert.ok(Math.abs(log(x) - Math.log(x)) <= 1e-15 * (1 + Math.abs(Math.log(x))));
    }),
  );
});

test('exp and log have exact values at their edges', () => {
  assert.deepEqual([exp(0), exp(-Infinity), exp(-800), exp(800), log(1)], [1, 0, 0, Infinity, 0]);
  for (const x of [Number.MIN_VALUE, Number.MAX_VALUE, 0.5, 2, 1e-300])
    assert.ok(relativeError(log(x), Math.log(x)) < 1e-15, String(x));
});

test('normal quantiles agree with SciPy', () => {
  const scipy: [number, number][] = [
    [1e-10, -6.361340902404056],
    [1e-4, -3.7190164854556804],
    [0.01, -2.3263478740408408],
    [0.3, -0.5244005127080409],
    [0.9, 1.2815515655446004],
    [0.999999, 4.753424308817087],
  ];
  for (const [p, expected] of scipy) assert.ok(relativeError(normalQuantile(p), expected) < 1e-14, String(p));
  assert.equal(normalQuantile(0.5), 0);
});
