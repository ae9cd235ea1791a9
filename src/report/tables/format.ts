import type { Aggregate } from '../cells.js';

export const MISSING = '–';

/** Three significant digits. */
export function formatNumber(value: number | null): string {
  if (value === null) return MISSING;
  if (!Number.isFinite(value)) return String(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e5)) return value.toExponential(2);
  return String(Number(value.toPrecision(3)));
}

/** `0.512 ± 0.034`, mean and standard deviation; without the second for one run. */
export function formatAggregate(aggregate: Aggregate | undefined): string {
  if (aggregate === undefined) return MISSING;
  const { mean, standardDeviation } = aggregate;
  return standardDeviation === null
    ? formatNumber(mean)
    : `${formatNumber(mean)} ± ${formatNumber(standardDeviation)}`;
}

/** `+0.03`, `-1.2`. */
export function formatDifference(value: number): string {
  return value > 0 ? `+${formatNumber(value)}` : formatNumber(value);
}

/** `2 of 3 runs`. */
export function countRuns(part: number, whole: number): string {
  return `${part} of ${whole} ${whole === 1 ? 'run' : 'runs'}`;
}
