import { max, min } from 'simple-statistics';
import { superscript } from './typography.js';

/** Axes over more decades than this label only some powers of ten. */
const MAX_DECADES = 8;
/** Axes over fewer decades than this also have ticks between powers of ten. */
const NARROW = { decades: 2, digits: [1, 2, 5] };
const NARROWER = { decades: 0.7, digits: [1, 1.5, 2, 3, 4, 5, 6, 7, 8, 9] };
/** Space beyond the values, as a fraction of the axis' length. */
const PADDING = 0.04;

/** Returns a logarithmic axis for positive values, with ticks at powers of ten. */
export function logAxis(values: readonly number[], maxTicks = MAX_DECADES) {
  const low = Math.floor(Math.log10(min([...values])));
  const high = Math.ceil(Math.log10(max([...values])));
  return { scale: { type: 'log' }, axis: powersOfTen(low, high, maxTicks) } as const;
}

/**
 * Returns a logarithmic axis that ends at the values instead of at powers of ten. It starts no lower than `floor` times the largest
 * value: marks must clip what lies below.
 */
export function tightLogAxis(values: readonly number[], floor: number) {
  const largest = max([...values]);
  const smallest = Math.max(min([...values]), floor * largest);
  const decades = Math.log10(largest / smallest) || 1;
  const [low, high] = [Math.log10(smallest) - PADDING * decades, Math.log10(largest) + PADDING * decades];
  return {
    scale: { type: 'log' as const, nice: false, domain: [10 ** low, 10 ** high] },
    axis:
      decades < NARROW.decades
        ? betweenPowers(low, high, (decades < NARROWER.decades ? NARROWER : NARROW).digits)
        : powersOfTen(Math.ceil(low), Math.floor(high), MAX_DECADES),
  };
}

function powersOfTen(low: number, high: number, maxTicks: number) {
  const every = Math.ceil((high - low) / maxTicks) || 1;
  const ticks = Array.from(
    { length: Math.floor((high - low) / every) + 1 },
    (_, index) => low + index * every,
  );
  const labels = Object.fromEntries(ticks.map((exponent) => [exponent, `10${superscript(exponent)}`]));
  return {
    values: ticks.map((exponent) => Number(`1e${exponent}`)),
    labelExpr: `(${JSON.stringify(labels)})[round(log(datum.value) / LN10)]`,
  };
}

function betweenPowers(low: number, high: number, digits: readonly number[]) {
  const exponents = Array.from({ length: Math.ceil(high) - Math.floor(low) }, (_, i) => Math.floor(low) + i);
  const values = exponents.flatMap((exponent) => digits.map((digit) => Number(`${digit}e${exponent}`)));
  return {
    values: values.filter((value) => value >= 10 ** low && value <= 10 ** high),
    labelExpr: "format(datum.value, '~g')",
  };
}
