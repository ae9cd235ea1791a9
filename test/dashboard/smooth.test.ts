import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../fast-check.js';
import { pixelMeans } from '../../src/dashboard/down-sample.js';
import { smooth } from '../../src/dashboard/page/charts/smooth.js';

test('smoothing is a moving average without bias at its start, and skips values that are missing', () => {
  // By hand with weight 0.5: 4; (4/2 + 8) / 2 / 0.75; the missing value changes nothing.
  assert.deepEqual(smooth([4, 8, null], 0.5), [4, 20 / 3, null]);
  assert.deepEqual(smooth([4, null, 8], 0.5), [4, null, 20 / 3]);
  assert.deepEqual(smooth([3, 1, 2], 0), [3, 1, 2]);
  for (const value of smooth([7, 7, 7, 7], 0.99)) assert.ok(Math.abs(Number(value) - 7) < 1e-12);
});

test('the means of pixels are those of their rows, on either axis', () => {
  const property = fc.property(
    fc.array(fc.integer({ min: -1_000, max: 1_000 }), { minLength: 10, maxLength: 500 }),
    fc.integer({ min: 1, max: 20 }),
    fc.boolean(),
    (values, pixels, isLog) => {
      const steps = values.map((_, index) => index + 1);
      const means = pixelMeans(steps, values, { fromStep: 1, toStep: steps.length, pixels, isLog });
      assert.ok(means.steps.length <= pixels);
      // The middles of the pixels determine how many rows each has, if all rows are used.
      let start = 1;
      for (const [index, middle] of means.steps.entries()) {
        const stop = 2 * middle - start + 1;
        const rows = values.slice(start - 1, stop - 1);
        const mean = rows.reduce((sum, value) => sum + value, 0) / rows.length;
        assert.ok(Math.abs(Number(means.values[index]) - mean) < 1e-9 * 1_000);
        start = stop;
      }
      assert.equal(start, values.length + 1);
    },
  );
  fc.assert(property);
});

test('the means of pixels leave out values that are not finite', () => {
  const window = { fromStep: 1, toStep: 4, pixels: 2, isLog: false };
  assert.deepEqual(pixelMeans([1, 2, 3, 4], [NaN, null, 2, NaN], window), { steps: [3.5], values: [2] });
});
