import { max, min } from 'simple-statistics';

/** Of the axis' length, beyond its values. */
const PADDING = 0.04;

/** A linear scale no longer than the values need, so that no label sticks out at its end and moves the panel's title. */
export function closeScale(values: readonly number[]) {
  const [low, high] = [min([...values]), max([...values])];
  const room = PADDING * (high - low || 1);
  return { nice: false, zero: false, domain: [low - room, high + room] };
}
