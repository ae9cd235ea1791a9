import type { Aggregate } from '../cells.js';

export const MISSING = '–';

/** JavaScript writes smaller numbers with exponents. */
const MIN_FIXED = 1e-6;

/** Formats a number with three significant digits. */
export function formatNumber(value: number | null): string {
  if (value === null) return MISSING;
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

/** Formats mean and standard deviation in the same notation, as `0.512 ± 0.034`; only the mean for a single task. */
export function formatAggregate(aggregate: Aggregate | undefined): string {
  if (aggregate === undefined) return MISSING;
  const { mean, standardDeviation } = aggregate;
  if (standardDeviation === null) return formatNumber(mean);
  const text = formatNumber(mean);
  const hasExponent = text.includes('e') || standardDeviation < MIN_FIXED;
  const deviation = hasExponent
    ? formatNumber(standardDeviation)
    : String(Number(standardDeviation.toPrecision(3)));
  return `${text} ± ${deviation}`;
}

/** Formats a number with its sign, for example `+0.03` or `-1.2`. */
export function formatDifference(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** Returns, for example, `2 of 3 tasks`. */
export function countTasks(count: number, total: number): string {
  return `${count} of ${total} ${total === 1 ? 'task' : 'tasks'}`;
}
