import { indexOf, shareOf, type Distribution } from './distributions.js';
import { exp, normalQuantile, normalShare } from './elementary.js';
import type { SettingValue } from '../task/setting-values.js';

/** Shares of a distribution that belong to one value, or a point for a continuous distribution. */
interface Place {
  readonly share: number;
  /** Half the width of the value's interval of shares; 0 for continuous distributions. */
  readonly halfWidth: number;
}

/**
 * The density of a setting around the values of some trials, relative to the setting's own distribution: one kernel per trial. Kernels of
 * numbers are normal distributions of the share (the distribution function of the value), truncated to the range from 0 to 1. A kernel
 * of a choice prefers the trial's choice. A trial without the setting has the setting's own distribution, whose density is 1.
 */
export interface Kernels {
  /** Returns the density of each kernel at a value. */
  densitiesAt(value: SettingValue): (kernel: number) => number;
  /** Returns a kernel's quantile, as a share of the setting's distribution. @param p between 0 and 1, exclusive */
  share(kernel: number, p: number): number;
}

/** @param values the setting's value in each trial; undefined for trials without it */
export function kernelsAround(
  distribution: Distribution,
  values: readonly (SettingValue | undefined)[],
): Kernels {
  return distribution.kind === 'choice'
    ? choiceKernels(distribution, values)
    : numberKernels(distribution, values);
}

function choiceKernels(
  distribution: Distribution & { kind: 'choice' },
  values: readonly (SettingValue | undefined)[],
): Kernels {
  const count = distribution.values.length;
  const indices = values.map((value) => (value === undefined ? null : indexOf(distribution, value)));
  // As in Optuna, the prior counts as one more trial, which is divided among the kernels.
  const other = 1 / (values.length + 1);
  const total = 1 + count * other;
  return {
    densitiesAt: (value) => {
      const index = indexOf(distribution, value);
      return (kernel) => {
        const own = indices[kernel] ?? null;
        if (own === null) return 1;
        return (count * (other + (own === index ? 1 : 0))) / total;
      };
    },
    share: (kernel, p) => {
      const own = indices[kernel] ?? null;
      if (own === null) return p;
      // The first part of p stands for the trial's own choice, the rest for all choices.
      const preferred = 1 / total;
      return p < preferred ? (own + p / preferred) / count : (p - preferred) / (1 - preferred);
    },
  };
}

function numberKernels(distribution: Distribution, values: readonly (SettingValue | undefined)[]): Kernels {
  const halfWidth = distribution.kind === 'intUniform' ? 0.5 / (distribution.high - distribution.low + 1) : 0;
  const places = values.map((value): Place | null =>
    value === undefined ? null : { share: shareOf(distribution, value), halfWidth },
  );
  const widths = bandwidths(places.map((place) => place?.share ?? null));
  const kernels = places.map((place, i) => {
    const width = widths[i] ?? 1;
    if (place === null) return null;
    const below = normalShare(-place.share / width);
    return { centre: place.share, width, below, inside: normalShare((1 - place.share) / width) - below };
  });
  return {
    densitiesAt: (value) => {
      const place = shareOf(distribution, value);
      return (kernel) => {
        const own = kernels[kernel] ?? null;
        if (own === null) return 1;
        const distance = place - own.centre;
        if (halfWidth === 0) {
          const scaled = distance / own.width;
          return exp(-0.5 * (scaled * scaled)) / (own.width * SQRT_2_PI * own.inside);
        }
        const mass =
          normalShare((distance + halfWidth) / own.width) - normalShare((distance - halfWidth) / own.width);
        return mass / (2 * halfWidth * own.inside);
      };
    },
    share: (kernel, p) => {
      const own = kernels[kernel] ?? null;
      if (own === null) return p;
      const quantile = own.centre + own.width * normalQuantile(inside(own.below + p * own.inside));
      return inside(quantile);
    },
  };
}

const SQRT_2_PI = 2.5066282746310002;
const MAX_KERNELS = 100;

/**
 * Returns the standard deviation of each kernel: the distance to the farther neighbour among the sorted centres, from 1 / min(100, n + 2)
 * to 1 for n kernels, as in Optuna.
 */
function bandwidths(centres: readonly (number | null)[]): number[] {
  const sorted = centres.filter((centre) => centre !== null).sort((a, b) => a - b);
  const min = 1 / Math.min(MAX_KERNELS, sorted.length + 2);
  return centres.map((centre) => {
    if (centre === null || sorted.length < 2) return 1;
    const i = sorted.indexOf(centre);
    const below = centre - (sorted[i - 1] ?? centre);
    const above = (sorted[sorted.lastIndexOf(centre) + 1] ?? centre) - centre;
    return Math.min(1, Math.max(min, below, above));
  });
}

/** Keeps a share strictly between 0 and 1. */
function inside(share: number): number {
  return Math.min(1 - 2 ** -33, Math.max(2 ** -33, share));
}
