/**
 * Lower bounds of the decoder variance. A sweep file has `e^-4` as in the paper, the variance itself, or `none`. A task stores the
 * natural logarithm to 12 significant digits: `e^-4` is exactly -4, and 0.01831563888873418 is the same task.
 */
const POWER_OF_E = /^e\^(-?\d+(?:\.\d+)?)$/;

/** Bound of |log eps^2|. Beyond it, eps^2 or 1/eps^2 is out of the range of float32. */
export const LOG_VARIANCE_LIMIT = 80;

export const THRESHOLD_EXPECTED = `expected a variance such as e^-4 or a positive number (from e^-${LOG_VARIANCE_LIMIT} to e^${LOG_VARIANCE_LIMIT}), or none`;

/** Returns the log-variance, null for `none`, or undefined if the value is not a threshold. */
export function parseThreshold(value: number | string): number | null | undefined {
  if (value === 'none') return null;
  const exponent = typeof value === 'string' ? POWER_OF_E.exec(value)?.[1] : undefined;
  const log = typeof value === 'number' ? Math.log(value) : Number(exponent);
  if (!(Math.abs(log) <= LOG_VARIANCE_LIMIT)) return undefined;
  return Number(log.toPrecision(12)) + 0;
}

/** Returns the shortest form that a sweep file accepts: `e^-4`, `0.01` or `none`. */
export function formatThreshold(logVariance: number | null): string {
  if (logVariance === null) return 'none';
  return isShort(logVariance) ? `e^${logVariance}` : String(Number(Math.exp(logVariance).toPrecision(6)));
}

/** Whether the exponent is short enough for people to write. */
function isShort(logVariance: number): boolean {
  return Number(logVariance.toFixed(2)) === logVariance;
}
