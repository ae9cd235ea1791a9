import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { SettingValues } from '../src/task/setting-values.js';
import type { Space, SpaceSetting } from '../src/search/space.js';
import { projectFile } from './command-line.js';

/** A function to minimize. */
export interface SearchProblem {
  readonly name: string;
  readonly space: Space;
  readonly min: number;
  readonly valueAt: (values: SettingValues) => number;
}

/** Coefficients of Hartmann's function in six dimensions (L. C. W. Dixon and G. P. Szegö, "Towards global optimization 2", 1978). */
const HARTMANN = [
  { weight: 1, scale: [10, 3, 17, 3.5, 1.7, 8], centre: [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886] },
  {
    weight: 1.2,
    scale: [0.05, 10, 17, 0.1, 8, 14],
    centre: [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  },
  { weight: 3, scale: [3, 3.5, 1.7, 10, 17, 8], centre: [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665] },
  {
    weight: 3.2,
    scale: [17, 8, 0.05, 10, 0.1, 14],
    centre: [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
  },
];

/** The table of `make-search-table.mjs`: the mean loss by learning rate and width. */
const tableSchema = z.object({
  learningRates: z.array(z.number()),
  widths: z.array(z.number()),
  meanLoss: z.array(z.array(z.number())),
});

export const SEARCH_PROBLEMS: readonly SearchProblem[] = [
  {
    name: 'Branin, 2 dimensions',
    space: [uniform(0, -5, 10), uniform(1, 0, 15)],
    min: 0.397887,
    valueAt: (values) => {
      const [x = 0, y = 0] = coordinates(values);
      const valley = y - (5.1 / (4 * Math.PI ** 2)) * x ** 2 + (5 / Math.PI) * x - 6;
      return valley ** 2 + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
    },
  },
  {
    name: 'Rosenbrock, 4 dimensions',
    space: [0, 1, 2, 3].map((dimension) => uniform(dimension, -2, 2)),
    min: 0,
    valueAt: (values) => {
      const x = coordinates(values);
      const pairs = x.slice(1).map((next, i) => [x[i] ?? 0, next] as const);
      return pairs.reduce((sum, [a, b]) => sum + 100 * (b - a ** 2) ** 2 + (1 - a) ** 2, 0);
    },
  },
  {
    name: 'Hartmann, 6 dimensions',
    space: [0, 1, 2, 3, 4, 5].map((dimension) => uniform(dimension, 0, 1)),
    min: -3.32237,
    valueAt: (values) => {
      const x = coordinates(values);
      const terms = HARTMANN.map(({ weight, scale, centre }) => {
        const distance = x.reduce((sum, own, i) => sum + (scale[i] ?? 0) * (own - (centre[i] ?? 0)) ** 2, 0);
        return weight * Math.exp(-distance);
      });
      return -terms.reduce((sum, term) => sum + term, 0);
    },
  },
  sweepProblem(),
];

/**
 * A real sweep, whose results are in a table (`make-search-table.mjs`): the mean final loss, in nats, of a sphere VAE with two hidden
 * layers by learning rate and width, interpolated linearly in the logarithm of the learning rate and in the width.
 */
function sweepProblem(): SearchProblem {
  const { learningRates, widths, meanLoss } = tableSchema.parse(
    JSON.parse(readFileSync(projectFile('bench/search-table.json'), 'utf8')),
  );
  const rates = learningRates.map(Math.log10);
  const ends = (axis: readonly number[]) => [axis[0] ?? NaN, axis.at(-1) ?? NaN] as const;
  return {
    name: 'Sphere VAE, learning rate and width',
    space: [uniform(0, ...ends(rates)), uniform(1, ...ends(widths))],
    min: Math.min(...meanLoss.flat()),
    valueAt: (values) => {
      const [x = NaN, y = NaN] = coordinates(values);
      return between(rates, x, (row) => between(widths, y, (column) => meanLoss[row]?.[column] ?? NaN));
    },
  };
}

/** Interpolates linearly between the values at the two places of an ascending axis next to `x`. */
function between(axis: readonly number[], x: number, valueAt: (index: number) => number): number {
  const next = axis.findIndex((place, i) => i > 0 && place >= x);
  const upper = next < 0 ? axis.length - 1 : next;
  const [low = NaN, high = NaN] = [axis[upper - 1], axis[upper]];
  const part = (x - low) / (high - low);
  return (1 - part) * valueAt(upper - 1) + part * valueAt(upper);
}

function uniform(dimension: number, low: number, high: number): SpaceSetting {
  return { name: `x${dimension}`, distribution: { kind: 'uniform', low, high }, when: {} };
}

function coordinates(values: SettingValues): number[] {
  return Object.values(values).map(Number);
}
