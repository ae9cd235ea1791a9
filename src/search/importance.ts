import { sampleRankCorrelation, sum } from 'simple-statistics';
import type { SettingValue } from '../task/setting-values.js';
import { noncentralityInterval } from './noncentral-f.js';

/** A number with its 95% interval. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** How much a metric depends on one setting. */
export interface Importance {
  /** The share of the variance of the metric's ranks that the setting explains, from 0 to 1; null if it is not defined. */
  readonly explained: Estimate | null;
  /** Spearman's rank correlation of the metric and the setting; null for values that are not numbers, or if it is not defined. */
  readonly correlation: Estimate | null;
  /** Number of groups of values whose ranks were compared. */
  readonly groups: number;
  /** Number of points. */
  readonly points: number;
}

/** The 97.5% quantile of the standard normal distribution. */
const NORMAL_95 = 1.959963984540054;
/** With fewer points, the intervals are not defined. */
const MIN_POINTS = 4;
const MAX_GROUPS = 5;
const MIN_POINTS_PER_GROUP = 3;

/**
 * Measures how much a metric depends on a setting, from n points. Both measures use only the order of the metric's values, so that a few
 * very bad points do not decide them.
 *
 * - `explained`: the points are divided into k groups, one per value of the setting. Numbers with many values are divided into up to five
 *   groups of equal size, at least three points each. With the sums of squares of the metric's ranks between groups and in total, the
 *   correlation ratio is eta^2 = SSB / SST, which is H / (n - 1) for the statistic H of Kruskal and Wallis ("Use of ranks in
 *   one-criterion variance analysis", 1952). The value is epsilon^2 = 1 - (1 - eta^2) (n - 1) / (n - k), at least 0, whose mean is 0 if
 *   the setting has no effect (T. L. Kelley, "An unbiased correlation ratio measure", 1935). Its interval treats the ranks as normal:
 *   see `noncentralityInterval`.
 * - `correlation`: Spearman's rho, with mean ranks for ties. Its interval is tanh(atanh rho ± 1.96 sqrt((1 + rho^2 / 2) / (n - 3)))
 *   (D. G. Bonett and T. A. Wright, "Sample size requirements for estimating Pearson, Kendall and Spearman correlations", 2000). For
 *   rho = ±1, which has no finite atanh, it is computed half a step inside: the step to the next possible value without ties is
 *   12 / (n^3 - n).
 *
 * @param values the setting's value at each point
 * @param metric the metric at each point
 */
export function importanceOf(values: readonly SettingValue[], metric: readonly number[]): Importance {
  const numbers = values.filter((value) => typeof value === 'number');
  const isNumeric = numbers.length === values.length;
  const groups = isNumeric ? numericGroups(numbers) : distinctGroups(values.map(String));
  return {
    explained: explainedShare(groups, metric),
    correlation: isNumeric ? rankCorrelation(numbers, metric) : null,
    groups: new Set(groups).size,
    points: values.length,
  };
}

/** Returns the group of each value: one per distinct value if they are few, and otherwise groups of equal size. */
function numericGroups(values: readonly number[]): number[] {
  const count = Math.max(2, Math.min(MAX_GROUPS, Math.floor(values.length / MIN_POINTS_PER_GROUP)));
  const distinct = distinctGroups(values.map(String));
  if (new Set(distinct).size <= count) return distinct;
  return meanRanks(values).map((rank) => Math.floor(((rank - 0.5) * count) / values.length));
}

function distinctGroups(texts: readonly string[]): number[] {
  const distinct = [...new Set(texts)];
  return texts.map((text) => distinct.indexOf(text));
}

function explainedShare(groups: readonly number[], metric: readonly number[]): Estimate | null {
  const n = metric.length;
  const k = new Set(groups).size;
  if (n < MIN_POINTS || k < 2 || n <= k) return null;
  const middle = (n + 1) / 2;
  const deviations = meanRanks(metric).map((rank) => rank - middle);
  const total = sum(deviations.map((deviation) => deviation ** 2));
  if (total === 0) return null;
  const between = sum(
    [...new Set(groups)].map((group) => {
      const own = deviations.filter((_, i) => groups[i] === group);
      return sum(own) ** 2 / own.length;
    }),
  );
  const ratio = Math.min(1, between / total);
  return {
    value: Math.max(0, 1 - ((1 - ratio) * (n - 1)) / (n - k)),
    ...noncentralityInterval(ratio, k, n),
  };
}

function rankCorrelation(values: readonly number[], metric: readonly number[]): Estimate | null {
  const n = values.length;
  if (n < MIN_POINTS) return null;
  const value = sampleRankCorrelation([...values], [...metric]);
  if (Number.isNaN(value)) return null;
  const limit = 1 - 6 / (n ** 3 - n);
  const inside = Math.min(limit, Math.max(-limit, value));
  const width = NORMAL_95 * Math.sqrt((1 + inside ** 2 / 2) / (n - 3));
  const bound = (distance: number) => Math.tanh(Math.atanh(inside) + distance);
  return { value, low: Math.min(value, bound(-width)), high: Math.max(value, bound(width)) };
}

/** Returns the ranks from 1. Equal values have the mean of their ranks. */
function meanRanks(values: readonly number[]): number[] {
  const order = values.map((_, i) => i).sort((a, b) => (values[a] ?? 0) - (values[b] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let first = 0, next = 0; first < order.length; first = next) {
    while (next < order.length && values[order[next] ?? 0] === values[order[first] ?? 0]) next++;
    for (const i of order.slice(first, next)) ranks[i] = (first + 1 + next) / 2;
  }
  return ranks;
}
