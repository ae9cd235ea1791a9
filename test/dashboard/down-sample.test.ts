import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fc } from '../fast-check.js';
import { downSample } from '../../src/dashboard/down-sample.js';

const linear = (fromStep: number, toStep: number, pixels: number) => ({
  fromStep,
  toStep,
  pixels,
  isLog: false,
});

test('a window with few points has all of them, and their neighbors', () => {
  const steps = Int32Array.from({ length: 100 }, (_, row) => row);
  const values = Float64Array.from(steps, (step) => step * step);
  assert.deepEqual(downSample(steps, values, linear(10, 12, 800)), {
    steps: [9, 10, 11, 12, 13],
    values: [81, 100, 121, 144, 169],
    isExact: true,
  });
});

test('values that are not finite are null, even if a pixel has no others', () => {
  assert.deepEqual(downSample([1, 2, 3], [NaN, 2, Infinity], linear(1, 3, 10)).values, [null, 2, null]);
  assert.deepEqual(downSample([1, 2, 3, 4, 5], [1, NaN, 4, 3, 5], linear(1, 5, 1)).values, [1, 4, 3, 5]);
  assert.deepEqual(downSample([1, 2, 3, 4], [1, NaN, NaN, 2], linear(1, 4, 1)).values, [1, null, 2]);
});

test('of many points each pixel keeps its minimum and maximum, and the ends are kept, on either axis', () => {
  const property = fc.property(
    fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 200, maxLength: 2_000 }),
    fc.integer({ min: 1, max: 50 }),
    fc.boolean(),
    (values, pixels, isLog) => {
      const steps = values.map((_, index) => index + 1);
      const window = { fromStep: 1, toStep: values.length, pixels, isLog };
      const { steps: kept, values: drawn } = downSample(steps, values, window);
      const numbers = drawn.map(Number);
      assert.ok(kept.length <= 2 * pixels + 2);
      assert.ok(kept.every((step, index) => step === kept[0] || step > Number(kept[index - 1])));
      assert.ok(kept.every((step, index) => values[step - 1] === drawn[index]));
      assert.deepEqual([kept[0], kept.at(-1)], [1, values.length]);
      assert.equal(Math.min(...numbers), Math.min(...values));
      assert.equal(Math.max(...numbers), Math.max(...values));
    },
  );
  fc.assert(property);
});

test('the first steps have their share of pixels on a logarithmic axis', () => {
  const steps = Array.from({ length: 100_000 }, (_, row) => row + 1);
  const { steps: kept } = downSample(steps, steps, {
    fromStep: 1,
    toStep: 100_000,
    pixels: 100,
    isLog: true,
  });
  // Two of the five decades.
  const early = kept.filter((step) => step <= 100).length;
  assert.ok(early >= 40, `${early} of ${kept.length} are among the first 100`);
});

test('a window that ends far beyond the last row is drawn like one that ends there', () => {
  const steps = Int32Array.from({ length: 5_000 }, (_, row) => row + 1);
  const values = Float64Array.from(steps, (step) => Math.sin(step));
  const drawn = downSample(steps, values, linear(0, 1e9, 300));
  assert.ok(drawn.steps.length > 300, String(drawn.steps.length));
  assert.deepEqual(drawn, downSample(steps, values, linear(0, 5_000, 300)));
});
