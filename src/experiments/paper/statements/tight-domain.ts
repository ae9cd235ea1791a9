import { max, min } from 'simple-statistics';

/** Padding on each side of the values, as a fraction of their range. */
const PADDING = 0.04;

/** Returns a linear scale that fits the values tightly, so that no label sticks out at its end and moves the panel's title. */
export function tightDomain(values: readonly number[]) {
  const [low, high] = [min([...values]), max([...values])];
  const padding = PADDING * (high - low || 1);
  return { nice: false, zero: false, domain: [low - padding, high + padding] };
}
