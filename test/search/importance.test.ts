import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { importanceOf, type Estimate } from '../../src/search/importance.js';
import type { SettingValue } from '../../src/task/setting-values.js';
import { readFixture } from '../fixture.js';

interface Case {
  readonly name: string;
  readonly values: readonly SettingValue[];
  readonly metric: readonly number[];
  readonly explained: Estimate;
  readonly correlation: Estimate | null;
}
const { cases } = readFixture('numpy/importance.json') as { readonly cases: readonly Case[] };

/** The fixture has nine significant digits, and the bisections of both programs end at about the same precision. */
function assertClose(actual: Estimate | null, expected: Estimate | null): void {
  assert.deepEqual(Object.keys(actual ?? {}), Object.keys(expected ?? {}));
  for (const key of ['value', 'low', 'high'] as const) {
    const distance = Math.abs((actual?.[key] ?? 0) - (expected?.[key] ?? 0));
    assert.ok(distance < 2e-8, `${key}: ${actual?.[key]} instead of ${expected?.[key]}`);
  }
}

describe('the importance of a setting agrees with an independent SciPy program for', () => {
  for (const { name, values, metric, explained, correlation } of cases)
    test(name, () => {
      const importance = importanceOf(values, metric);
      assertClose(importance.explained, explained);
      assertClose(importance.correlation, correlation);
      assert.equal(importance.points, metric.length);
    });
});

describe('the importance of a setting', () => {
  test('does not depend on the order of the points, or on the scale of the metric', () => {
    const { values = [], metric = [] } = cases.find(({ name }) => name === 'ties in both') ?? {};
    const importance = importanceOf(values, metric);
    assert.deepEqual(importanceOf([...values].reverse(), [...metric].reverse()), importance);
    assert.deepEqual(importanceOf(values, metric.map(Math.exp)), importance);
  });

  test('shows an effect that is best in the middle, which a rank correlation misses', () => {
    const { values = [], metric = [] } = cases.find(({ name }) => name.includes('middle')) ?? {};
    const { explained, correlation, groups } = importanceOf(values, metric);
    assert.equal(groups, 5);
    assert.ok(explained !== null && explained.low > 0.4);
    assert.ok(correlation !== null && correlation.low < 0 && correlation.high > 0);
  });

  test('is not defined for too few points, for a constant metric, or if each point has its own choice', () => {
    const undefinedParts = { explained: null, correlation: null };
    assert.deepEqual(importanceOf([1, 2, 3], [1, 2, 3]), { ...undefinedParts, groups: 2, points: 3 });
    assert.deepEqual(importanceOf([1, 2, 3, 4], [5, 5, 5, 5]), { ...undefinedParts, groups: 2, points: 4 });
    const choices = importanceOf(['a', 'b', 'c', 'd'], [1, 2, 3, 4]);
    assert.deepEqual(choices, { ...undefinedParts, groups: 4, points: 4 });
    assert.deepEqual(importanceOf([], []), { ...undefinedParts, groups: 0, points: 0 });
  });

  test('is complete if the metric is the same within each group and differs between them', () => {
    const { explained } = importanceOf([true, true, false, false], [1, 1, 2, 2]);
    assert.deepEqual(explained, { value: 1, low: 1, high: 1 });
  });

  test('has intervals that narrow with the number of points', () => {
    const widths = [10, 100, 1_000, 10_000].map((count) => {
      const values = Array.from({ length: count }, (_, i) => (i * 7919) % count);
      const metric = values.map((value, i) => value / count + ((i * 104_729) % 1_009) / 1_009);
      const { explained, correlation } = importanceOf(values, metric);
      assert.ok(explained !== null && correlation !== null);
      return [explained.high - explained.low, correlation.high - correlation.low];
    });
    for (const [i, [explained = 0, correlation = 0]] of widths.entries()) {
      const [before = 2, beforeCorrelation = 2] = widths[i - 1] ?? [];
      assert.ok(explained < before && correlation < beforeCorrelation, widths.join(' | '));
    }
  });
});
