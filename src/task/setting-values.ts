import { z } from 'zod';
import { formatCount } from '../units.js';

/**
 * A setting's value in canonical form: for example, `dimensions` are three numbers, a threshold is a log-variance, and `none` is null.
 */
export type SettingValue = string | number | boolean | null | readonly number[];

/** Values of one cell's settings, by name. */
export type SettingValues = Readonly<Record<string, SettingValue>>;

/** Largest seed: JAX's keys accept it, and it fits into an int32. */
export const MAX_SEED = 2 ** 31 - 1;

/** Returns a schema for one of the given texts. */
export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected one of ${values.join(', ')}` });
}

/** Returns a schema for whole numbers from `min` to `max`. @param what name for messages, for example `a seed` */
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

/** Values that are valid one by one, but not in combination. */
export interface SettingProblem {
  /** The settings involved, starting with the one that the user should probably fix. */
  readonly settings: readonly string[];
  readonly message: string;
}
