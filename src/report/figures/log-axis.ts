import { max, min } from 'simple-statistics';
import { superscript } from './typography.js';

/** More ticks at powers of ten are thinned out. */
const MOST_DECADES = 8;

/** A logarithmic axis for positive values, with ticks at powers of ten. */
export function logAxis(values: readonly number[], mostTicks = MOST_DECADES) {
  const low = Math.floor(Math.log10(min([...values])));
  const high = Math.ceil(Math.log10(max([...values])));
  const every = Math.ceil((high - low) / mostTicks) || 1;
  const ticks = Array.from(
    { length: Math.floor((high - low) / every) + 1 },
    (_, index) => low + index * every,
  );
  const labels = Object.fromEntries(ticks.map((exponent) => [exponent, `10${superscript(exponent)}`]));
  return {
    scale: { type: 'log' },
    axis: {
      values: ticks.map((exponent) => Number(`1e${exponent}`)),
      labelExpr: `(${JSON.stringify(labels)})[round(log(datum.value) / LN10)]`,
    },
  } as const;
}
