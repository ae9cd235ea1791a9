import { z } from 'zod';
import { rungBudgets } from '../search/halving.js';
import { SAMPLER_NAMES, type SamplerName } from '../search/samplers/index.js';
import type { Halving, TpeSearch } from '../search/stages.js';
import { MAX_SEED, oneOf, wholeNumber } from '../task/setting-values.js';

const MAX_POINTS = 100_000;
/** TPE compares a new point with all earlier ones. */
const MAX_TPE_POINTS = 1_000;
const MAX_FACTOR = 1_000;
const MAX_STEPS = 100_000_000;
const MAX_BRACKETS = 100;
const DEFAULT_BATCH = 10;

const GOALS = ['min', 'max'] as const;
const METRIC_EXPECTED = 'expected the name of a metric, such as loss';

const metric = z.string({ error: METRIC_EXPECTED }).min(1, { error: METRIC_EXPECTED });

/** How many points of the space become cells, and how they are chosen. */
const sampleFields = z.strictObject(
  {
    count: wholeNumber(1, MAX_POINTS)
      .default(64)
      .describe('Number of points. A larger number keeps the earlier points. Default: 64.'),
    method: oneOf([...SAMPLER_NAMES, 'tpe'])
      .default('sobol')
      .describe(
        'random: independent points; sobol: scrambled Sobol points, which cover the space evenly; latin-hypercube: points that cover ' +
          'the range of each setting evenly; tpe: points in batches, which a model of earlier results proposes. Default: sobol.',
      ),
    seed: wholeNumber(0, MAX_SEED, 'a seed').default(0).describe('Seed of the points. Default: 0.'),
    batch: wholeNumber(1, 1_000)
      .optional()
      .describe(
        `Number of points that tpe proposes together. A batch waits for all tasks of the batch before it. Default: ${DEFAULT_BATCH}.`,
      ),
    metric: metric
      .optional()
      .describe('Column of the final results that tpe optimizes: its mean over the tasks of a point.'),
    goal: oneOf(GOALS)
      .optional()
      .describe('Whether tpe looks for the smallest or the largest value of the metric.'),
  },
  { error: 'expected a mapping such as { count: 64, method: sobol, seed: 1 }' },
);

/** How the points of a space are chosen: independently of results, or by a model of them. */
export type Sample =
  | { readonly method: SamplerName; readonly count: number; readonly seed: number }
  | ({ readonly method: 'tpe' } & TpeSearch);

export const SAMPLE_KEYS = Object.keys(sampleFields.shape);

export const sampleSchema = sampleFields.transform(
  ({ method, count, seed, batch, metric, goal }, context): Sample => {
    const report = (key: string, message: string) => {
      context.addIssue({ code: 'custom', message, path: [key] });
      return z.NEVER;
    };
    if (method === 'tpe') {
      if (metric === undefined) return report('metric', `${METRIC_EXPECTED}, because the method is tpe`);
      if (count > MAX_TPE_POINTS)
        return report('count', `expected at most ${MAX_TPE_POINTS} points, because the method is tpe`);
      if (goal === undefined) return report('goal', 'expected min or max, because the method is tpe');
      return { method, count, seed, batch: batch ?? DEFAULT_BATCH, metric, goal };
    }
    const [unused] = Object.entries({ batch, metric, goal }).find(([, value]) => value !== undefined) ?? [];
    if (unused !== undefined)
      return report(unused, `${method} does not use it: set method: tpe, or remove it`);
    return { method, count, seed };
  },
);

const STEPS_EXPECTED = wholeNumber(1, MAX_STEPS, 'a number of steps');

const halvingFields = z.strictObject(
  {
    metric: metric.describe('Column of the final results that ranks the candidates: its mean over seeds.'),
    goal: oneOf(GOALS).describe('Whether the smallest or the largest value of the metric is the best.'),
    unit: oneOf(['steps'])
      .default('steps')
      .describe('Setting whose value the rungs increase. Default: steps.'),
    min: STEPS_EXPECTED.describe('Smallest number of steps of the lowest rung.'),
    max: STEPS_EXPECTED.describe('Number of steps of the highest rung.'),
    factor: wholeNumber(2, MAX_FACTOR)
      .default(3)
      .describe(
        'Ratio between the steps of two rungs. A rung promotes the best candidates, one of this many, to the next. Default: 3.',
      ),
    brackets: wholeNumber(1, MAX_BRACKETS)
      .default(1)
      .describe(
        'Number of brackets, at most the number of rungs. With more than one, the search is Hyperband: the candidates are divided among ' +
          'the brackets, the first bracket starts at the lowest rung, and each further bracket one rung higher. Default: 1.',
      ),
  },
  {
    error:
      'expected a mapping such as { metric: loss, goal: min, unit: steps, min: 2000, max: 54000, factor: 3 }',
  },
);

export const HALVING_KEYS = Object.keys(halvingFields.shape);

export const halvingSchema = halvingFields.transform((halving, context): Halving => {
  const report = (key: string, message: string) => {
    context.addIssue({ code: 'custom', message, path: [key] });
    return z.NEVER;
  };
  if (halving.min > halving.max)
    return report('min', `expected a number of steps of at most max, ${halving.max}`);
  const rungs = rungBudgets(halving).length;
  if (rungs === 1)
    return report(
      'min',
      `expected at most ${Math.floor(halving.max / halving.factor)}, max / factor, so that there are two rungs`,
    );
  if (halving.brackets > rungs) return report('brackets', `expected at most ${rungs}, the number of rungs`);
  return halving;
});
