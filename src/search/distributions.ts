import type { SettingValue } from '../task/setting-values.js';
import { isSameSetting } from '../task/settings.js';
import { exp, log, normalQuantile, normalShare } from './elementary.js';

/** Numbers between two ends. With `intUniform` they are whole, and with `logUniform` their logarithms are uniform. */
export interface RangeDistribution {
  readonly kind: 'uniform' | 'logUniform' | 'intUniform';
  readonly low: number;
  readonly high: number;
}

export interface NormalDistribution {
  readonly kind: 'normal';
  readonly mean: number;
  readonly deviation: number;
}

/** One of these values, all with the same probability. */
export interface ChoiceDistribution {
  readonly kind: 'choice';
  readonly values: readonly SettingValue[];
}

export type Distribution = RangeDistribution | NormalDistribution | ChoiceDistribution;

/** Significant digits of drawn numbers, which keep folder names and tables readable. */
const DIGITS = 6;
/** A double has at least this many significant decimal digits. */
const MAX_DIGITS = 15;

/** Returns the value below which a share `p` of the distribution lies, rounded. @param p between 0 and 1, exclusive */
export function quantile(distribution: Distribution, p: number): SettingValue {
  if (distribution.kind === 'choice')
    return distribution.values[Math.floor(p * distribution.values.length)] ?? null;
  return rounded(distribution, numberAt(distribution, p));
}

function numberAt(distribution: RangeDistribution | NormalDistribution, p: number): number {
  if (distribution.kind === 'normal') return distribution.mean + distribution.deviation * normalQuantile(p);
  const { kind, low, high } = distribution;
  if (kind === 'uniform') return low + p * (high - low);
  if (kind === 'logUniform') return exp(log(low) + p * (log(high) - log(low)));
  return low + Math.floor(p * (high - low + 1));
}

/** Returns the middle of the shares at which the distribution has a value: the inverse of `quantile`, up to rounding. */
export function shareOf(distribution: Distribution, value: SettingValue): number {
  if (distribution.kind === 'choice')
    return (indexOf(distribution, value) + 0.5) / distribution.values.length;
  const number = Number(value);
  if (distribution.kind === 'normal')
    return normalShare((number - distribution.mean) / distribution.deviation);
  const { kind, low, high } = distribution;
  if (kind === 'uniform') return (number - low) / (high - low);
  if (kind === 'logUniform') return (log(number) - log(low)) / (log(high) - log(low));
  return (number - low + 0.5) / (high - low + 1);
}

/** Returns the place of a value in a choice. */
export function indexOf({ values }: ChoiceDistribution, value: SettingValue): number {
  return values.findIndex((own) => isSameSetting(own, value));
}

/**
 * Rounds a number to six significant digits, or to more if the distribution is narrow compared with its values. The text of the number,
 * and so the identity of a task, is then readable. Whole numbers stay as they are.
 */
function rounded(distribution: RangeDistribution | NormalDistribution, value: number): number {
  if (distribution.kind === 'intUniform') return value;
  const [size, width] =
    distribution.kind === 'normal'
      ? [Math.abs(distribution.mean), distribution.deviation]
      : [
          Math.max(Math.abs(distribution.low), Math.abs(distribution.high)),
          distribution.high - distribution.low,
        ];
  const extra = Math.max(0, decimalExponent(size / width));
  const result = Number(value.toPrecision(Math.min(MAX_DIGITS, DIGITS + extra)));
  return distribution.kind === 'normal'
    ? result
    : Math.min(distribution.high, Math.max(distribution.low, result));
}

/** Returns the exponent in scientific notation, for example -3 for 0.0012. */
function decimalExponent(value: number): number {
  return Number(value.toExponential().split('e')[1]);
}
