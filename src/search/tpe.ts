import { hash } from 'node:crypto';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import { isSameSetting } from '../task/settings.js';
import { quantile } from './distributions.js';
import { log } from './elementary.js';
import { kernelsAround, type Kernels } from './kernels.js';
import { randomWords, unitNumber } from './random.js';
import { sobolSampler } from './samplers/sobol.js';
import { latinHypercubeSampler } from './samplers/latin-hypercube.js';
import { withoutInactive, type Space } from './space.js';

export interface TpeOptions {
  readonly seed: number;
  /** Number of points to propose. */
  readonly batchSize: number;
}

/** A point that was proposed, and its result. */
export interface Trial {
  /** The values as they were proposed. */
  readonly values: SettingValues;
  /** What to minimize, for example a metric's mean over seeds, or minus that; null if the point failed. */
  readonly loss: number | null;
}

/** Points before the model is used. They cover the space evenly. */
const STARTUP_POINTS = 10;
/** Points drawn from the density of good trials, of which the best is proposed. */
const CANDIDATES = 24;
/** At most this many trials count as good. */
const MAX_GOOD = 25;
/** The latest trials have full weight, and the weights of earlier ones rise linearly. */
const FULL_WEIGHT = 25;
/** Separates the random words from those of samplers. */
const STREAM = 0x747065;

/**
 * Proposes the next batch of points by a Tree-structured Parzen Estimator (J. Bergstra et al., "Algorithms for hyper-parameter
 * optimization", 2011), with joint kernels over all settings. The trials are split into the best tenth and the others. Both are turned
 * into densities, l and g, and the point with the largest l / g among random points of l is proposed. Failed trials, and the points of
 * this batch that were proposed before, count among the others, so that a batch spreads out.
 *
 * The batch is a function of the arguments only, on every machine.
 *
 * @param trials the results of all earlier batches, in the order in which they were proposed. None for the first batch.
 */
export function proposeBatch(
  space: Space,
  { seed, batchSize }: TpeOptions,
  trials: readonly Trial[],
): SettingValues[] {
  const batch: SettingValues[] = [];
  while (batch.length < batchSize) {
    const point = trials.length + batch.length;
    const proposed =
      point < STARTUP_POINTS || trials.length === 0
        ? startupPoint(space, seed, point)
        : proposePoint(space, seed, point, trials, batch);
    batch.push(proposed);
  }
  return batch;
}

/** At most this many batches are remembered. */
const MAX_REMEMBERED = 10_000;
const remembered = new Map<string, readonly SettingValues[]>();

/**
 * Returns `proposeBatch`, and computes it only once for the same arguments: each time a sweep is loaded, it asks for all batches again.
 */
export function proposeBatchOnce(...batch: Parameters<typeof proposeBatch>): readonly SettingValues[] {
  const key = hash('sha256', JSON.stringify(batch));
  const known = remembered.get(key);
  if (known !== undefined) return known;
  const proposed = proposeBatch(...batch);
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(key, proposed);
  return proposed;
}

function startupPoint(space: Space, seed: number, point: number): SettingValues {
  const { coordinates } =
    space.length <= (sobolSampler.maxDimensions ?? 0) ? sobolSampler : latinHypercubeSampler;
  return activeValues(
    space,
    space.map((_, dimension) => unitNumber(coordinates(seed, dimension, point + 1)[point] ?? 0)),
  );
}

function proposePoint(
  space: Space,
  seed: number,
  point: number,
  trials: readonly Trial[],
  pending: readonly SettingValues[],
): SettingValues {
  const { good, others } = split(trials, pending);
  const likely = new Mixture(space, good);
  const unlikely = new Mixture(space, others);
  const known = [...trials.map(({ values }) => values), ...pending];
  let best: { values: SettingValues; score: number; isNew: boolean } | null = null;
  for (let candidate = 0; candidate < CANDIDATES; candidate++) {
    const values = likely.draw((draw) => unitNumber(randomWords(seed, STREAM, point, candidate, draw)[0]));
    const isNew = !known.some((other) => isSamePoint(other, values));
    const score = likely.logDensity(values) - unlikely.logDensity(values);
    // A point that was proposed before adds no result, so it is the last resort.
    if (best === null || (isNew && !best.isNew) || (isNew === best.isNew && score > best.score))
      best = { values, score, isNew };
  }
  return best?.values ?? {};
}

/** Splits the trials into the best ceil(n / 10), up to 25, and the others with the pending points. Earlier trials win ties. */
function split(
  trials: readonly Trial[],
  pending: readonly SettingValues[],
): { readonly good: readonly SettingValues[]; readonly others: readonly SettingValues[] } {
  const finished = trials.flatMap(({ loss }, i) =>
    loss !== null && Number.isFinite(loss) ? [{ loss, i }] : [],
  );
  const best = new Set(
    finished
      .sort((a, b) => a.loss - b.loss || a.i - b.i)
      .slice(0, Math.min(MAX_GOOD, Math.ceil(finished.length / 10)))
      .map(({ i }) => i),
  );
  const values = trials.map((trial) => trial.values);
  return {
    good: values.filter((_, i) => best.has(i)),
    others: [...values.filter((_, i) => !best.has(i)), ...pending],
  };
}

/** A mixture of one kernel per point and of the space's own distribution. Its density is relative to the latter. */
class Mixture {
  readonly #space: Space;
  readonly #kernels: readonly Kernels[];
  /** The weights of the points, then that of the space's own distribution. */
  readonly #weights: readonly number[];

  constructor(space: Space, points: readonly SettingValues[]) {
    this.#space = space;
    this.#kernels = space.map(({ name, distribution }) =>
      kernelsAround(
        distribution,
        points.map((values) => values[name]),
      ),
    );
    const weights = [...recencyWeights(points.length), 1];
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    this.#weights = weights.map((weight) => weight / total);
  }

  /** Draws a point. @param uniform returns a number between 0 and 1 for each number that is needed */
  draw(uniform: (draw: number) => number): SettingValues {
    let rest = uniform(0);
    const chosen = this.#weights.findIndex((weight) => (rest -= weight) < 0);
    const kernel = chosen < 0 ? this.#weights.length - 1 : chosen;
    const shares = this.#kernels.map((kernels, dimension) => kernels.share(kernel, uniform(dimension + 1)));
    return activeValues(this.#space, shares);
  }

  /** Returns the logarithm of the density at the values that the point has. */
  logDensity(values: SettingValues): number {
    const densities = this.#space.flatMap(({ name }, dimension) => {
      const value = values[name];
      return value === undefined ? [] : (this.#kernels[dimension]?.densitiesAt(value) ?? []);
    });
    let sum = 0;
    for (const [kernel, weight] of this.#weights.entries()) {
      let density = weight;
      for (const densityOf of densities) density *= densityOf(kernel);
      sum += density;
    }
    return log(sum);
  }
}

function recencyWeights(count: number): number[] {
  const ramp = count - FULL_WEIGHT;
  return Array.from({ length: count }, (_, i) => {
    if (i >= ramp) return 1;
    return ramp === 1 ? 1 / count : 1 / count + (i / (ramp - 1)) * (1 - 1 / count);
  });
}

/** Returns the values at a point of the unit cube, without those of inactive settings. */
function activeValues(space: Space, shares: readonly number[]): SettingValues {
  const names = new Set(space.map(({ name }) => name));
  const values = Object.fromEntries(
    space.map(({ name, distribution }, i) => [name, quantile(distribution, shares[i] ?? 0.5)]),
  );
  // Conditions on settings outside of the space are up to each cell.
  const inner = space.map((setting) => ({
    ...setting,
    when: Object.fromEntries(Object.entries(setting.when).filter(([name]) => names.has(name))),
  }));
  return withoutInactive(inner, values);
}

function isSamePoint(a: SettingValues, b: SettingValues): boolean {
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => {
      const other: SettingValue | undefined = b[name];
      return other !== undefined && a[name] !== undefined && isSameSetting(a[name], other);
    })
  );
}
