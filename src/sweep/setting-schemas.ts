import { z } from 'zod';
import { formatCount } from '../units.js';
import { storedEngine } from './engine-names.js';
import { LOG_VARIANCE_LIMIT, parseThreshold, THRESHOLD_EXPECTED } from './threshold.js';

/** Largest of JAX's keys that is also an int32. */
const MAX_SEED = 2 ** 31 - 1;
const MAX_DIM = 10_000;

const EXTRA_DIMS_EXPECTED = `expected a whole number from 1 to ${formatCount(MAX_DIM)}, or none`;

const dim = (what: string) => wholeNumber(1, MAX_DIM, what);

/** The settings of the experiments that train. */
export const settingSchemas = {
  dimensions: z
    .tuple([dim('an intrinsic dimension'), dim('an ambient dimension'), dim('a latent dimension')], {
      error: `expected [intrinsic, ambient, latent], three whole numbers from 1 to ${formatCount(MAX_DIM)}`,
    })
    .describe(
      'The dimension of the data, that of the space it lies in, and that of the model: [intrinsic, ambient, latent].',
    ),
  seed: wholeNumber(0, MAX_SEED, 'a seed').describe('Seed of the data: of its parameters and of its points.'),
  modelSeed: wholeNumber(0, MAX_SEED, 'a seed').describe(
    'Seed of the initial parameters and of the noise in latents, decoder and generated points. Default: 0.',
  ),
  steps: wholeNumber(1, 100_000_000).describe("Training steps. Default: the experiment's."),
  batchSize: wholeNumber(1, 100_000).describe('Fresh data points a step. Default: 100.'),
  learningRate: numberWithin(1e-12, 10).describe("Adam's step size. Default: the experiment's."),
  hiddenWidths: z
    .array(wholeNumber(1, 10_000, 'a width'), {
      error: 'expected a list of up to 10 widths, as [200, 200, 200]',
    })
    .max(10, { error: 'expected a list of up to 10 widths, as [200, 200, 200]' })
    .readonly()
    .describe('Widths of the hidden layers of both networks; only of an experiment that has them.'),
  biases: trueOrFalse().describe('Whether the dense layers have biases, which start at zero. Default: true.'),
  decoderNoise: trueOrFalse().describe(
    "Adds eps * noise to the decoder's output before the squared error, as the authors' code does. " +
      'Default: false, as Eq. (3).',
  ),
  initialDecoderLogVariance: numberWithin(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT)
    .refine((value) => value !== 0, {
      error:
        'expected a number other than 0 (log eps^2 = p * c is trained through p, so that c = 0 would fix it)',
    })
    .describe("log eps^2 at the first step: c in log eps^2 = p * c. Default: the experiment's."),
  decoderVarianceThreshold: z
    .union([z.number(), z.string()], { error: THRESHOLD_EXPECTED })
    .transform((value, context) => {
      const logVariance = parseThreshold(value);
      if (logVariance !== undefined) return logVariance;
      context.addIssue({ code: 'custom', message: THRESHOLD_EXPECTED });
      return z.NEVER;
    })
    .describe('Lower bound of the decoder variance eps^2: e^-4, a number, or none. Default: none.'),
  evaluateEverySteps: wholeNumber(1, 100_000_000).describe('Steps between two evaluations. Default: 5000.'),
  evaluationPoints: wholeNumber(1, 100_000).describe('Points that an evaluation uses. Default: 1000.'),
  logEverySteps: wholeNumber(1, 100_000_000).describe('Steps between two rows of the step log. Default: 1.'),
  engine: z
    .enum(['c', 'xla', 'eager', 'compiled'], { error: 'expected one of c, xla, eager' })
    .transform(storedEngine)
    .describe(
      'c: a loop in C, compiled by g++; xla: the same compiled by XLA, slower; eager: step by step, the slow reference; compiled: the old ' +
        'name of xla. Default: c.',
    ),
  badOptimumExtraDims: z
    .unknown()
    .transform((value, context) => {
      if (value === 'none') return null;
      if (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_DIM) return Number(value);
      context.addIssue({ code: 'custom', message: EXTRA_DIMS_EXPECTED });
      return z.NEVER;
    })
    .describe(
      'Starts at the bad optimum of Theorem 4, Eq. (6), whose generator has so many dimensions too many; sigmoid data only. ' +
        'Default: none, which starts at drawn parameters.',
    ),
  randomStreams: oneOf(['fold-in', 'released-code']).describe(
    "Where all random numbers come from. fold-in: this project's own key tree; released-code: that of the authors' released code, " +
      'with which the printed numbers were made. Default: fold-in.',
  ),
} as const;

export type SettingName = keyof typeof settingSchemas;

/** Settings as a sweep file gives them, in canonical form. */
export type TrainingValues = { readonly [Name in SettingName]?: z.output<(typeof settingSchemas)[Name]> };

export const settingNames = Object.keys(settingSchemas) as readonly SettingName[];

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected one of ${values.join(', ')}` });
}

function wholeNumber(min: number, max: number, what = 'a whole number') {
  const kind = what === 'a whole number' ? what : `${what}, a whole number`;
  const error = `expected ${kind} from ${formatCount(min)} to ${formatCount(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

function numberWithin(min: number, max: number) {
  const error = `expected a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

function trueOrFalse() {
  return z.boolean({ error: 'expected true or false' });
}
