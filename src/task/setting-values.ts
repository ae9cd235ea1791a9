import { z } from 'zod';
import { formatCount } from '../units.js';

/**
 * A value of a setting in canonical form: `dimensions` are three numbers, a threshold is the log-variance, `none` is null.
 */
export type SettingValue = string | number | boolean | null | readonly number[];

/** Settings of one cell as a sweep file gives them, by name. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** Largest of JAX's keys that is also an int32. */
export const MAX_SEED = 2 ** 31 - 1;

/** One of some texts. */
export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected one of ${values.join(', ')}` });
}

/** @param what names it in errors, for example `a seed` */
export function wholeNumber(min: number, max: number, what = 'a whole number') {
  const kind = what === 'a whole number' ? what : `${what}, a whole number`;
  const error = `expected ${kind} from ${formatCount(min)} to ${formatCount(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function numberWithin(min: number, max: number) {
  const error = `expected a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function trueOrFalse() {
  return z.boolean({ error: 'expected true or false' });
}

/** Settings that are each allowed, but not together. */
export interface SettingProblem {
  /** The settings it follows from, the likeliest to be mended first. */
  readonly settings: readonly string[];
  readonly message: string;
}
