import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatAggregate } from '../../../src/report/tables/format.js';

function format(mean: number, standardDeviation: number): string {
  return formatAggregate({ mean, standardDeviation, min: mean, max: mean, values: [] });
}

test('a standard deviation has no exponent if its mean has none', () => {
  assert.deepEqual([format(0.0195, 8.43e-4), format(5, 0)], ['0.0195 ± 0.000843', '5 ± 0']);
});

test('a standard deviation has an exponent if its mean has one, or if it would have too many zeros', () => {
  assert.deepEqual(
    [format(1.79e-4, 3.09e-4), format(0.0183, 1.99e-9)],
    ['1.79e-4 ± 3.09e-4', '0.0183 ± 1.99e-9'],
  );
});
