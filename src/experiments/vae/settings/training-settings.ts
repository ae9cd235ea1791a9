import { z } from 'zod';
import { formatCount } from '../../../units.js';
import {
  deriveSettings,
  plainSetting,
  type DeclaredSetting,
  type StoredFields,
} from '../../../task/declared-settings.js';
import { decoderVarianceMethod } from './decoder-variance-method.js';
import { decoderVarianceThreshold, finalDecoderVarianceThreshold } from './decoder-variance-threshold.js';
import { initialKernelScale } from './initial-kernel-scale.js';
import { ENGINE_NAMES, storedEngine, type StoredEngine } from './engine-names.js';
import { DIMENSIONS_DISPLAY, SEED_DISPLAY } from '../../../task/setting-display.js';
import { MAX_SEED, numberWithin, oneOf, trueOrFalse, wholeNumber } from '../../../task/setting-values.js';
import { roundingSeed } from './rounding-seed.js';
import { LOG_VARIANCE_LIMIT } from './threshold.js';

/** Default values that depend on the data. */
export interface TrainingDefaults {
  /** Number of training steps. */
  readonly steps: number;
  readonly learningRate: number;
  /** Widths of the hidden layers of both networks. If empty, each network is one dense layer. */
  readonly hiddenWidths: readonly number[];
  /** c in log eps^2 = p * c, where p is initially 1: the decoder log-variance in the first step. */
  readonly initialDecoderLogVariance: number;
}

const MAX_DIM = 10_000;
const EXTRA_DIMS_EXPECTED = `expected a whole number from 1 to ${formatCount(MAX_DIM)}, or none`;
const WIDTHS_EXPECTED = 'expected a list of up to 10 widths, for example [200, 200, 200]';

const count = z.int().min(0);
const dim = (what: string) => wholeNumber(1, MAX_DIM, what);

type Dimensions = readonly [number, number, number];
const dimensionFields = { intrinsicDim: count, ambientDim: count, latentDim: count };

const dimensions: DeclaredSetting<Dimensions, typeof dimensionFields, TrainingDefaults> = {
  schema: z
    .tuple([dim('an intrinsic dimension'), dim('an ambient dimension'), dim('a latent dimension')], {
      error: `expected [intrinsic, ambient, latent], three whole numbers from 1 to ${formatCount(MAX_DIM)}`,
    })
    .describe(
      'Dimensions of the data, of the space that contains them, and of the latents: [intrinsic, ambient, latent].',
    ),
  defaultOf: null,
  stored: dimensionFields,
  columns: {
    intrinsicDim: { type: 'int32', unit: 'count', description: 'r*, the intrinsic dimension of the data' },
    ambientDim: {
      type: 'int32',
      unit: 'count',
      description: 'd, the dimension of the space that contains the data',
    },
    latentDim: { type: 'int32', unit: 'count', description: 'r, the latent dimension of the model' },
  },
  store: ([intrinsicDim, ambientDim, latentDim]) => ({ intrinsicDim, ambientDim, latentDim }),
  read: ({ intrinsicDim, ambientDim, latentDim }) => [intrinsicDim, ambientDim, latentDim],
  isCompiled: true,
  display: { ...DIMENSIONS_DISPLAY, parts: 'intrinsic-ambient-latent' },
};

/** Absent if training starts at drawn parameters, so that such tasks keep their ids. */
const extraDimsField = { badOptimumExtraDims: z.int().min(1).exactOptional() };

const badOptimumExtraDims: DeclaredSetting<
  number | null,
  typeof extraDimsField,
  TrainingDefaults,
  number | 'none'
> = {
  schema: z
    .custom<number | 'none'>(() => true)
    .transform((value, context) => {
      if (value === 'none') return null;
      if (Number.isInteger(value) && value >= 1 && value <= MAX_DIM) return value;
      context.addIssue({ code: 'custom', message: EXTRA_DIMS_EXPECTED });
      return z.NEVER;
    })
    .describe(
      'Start at the bad optimum of Theorem 4, Eq. (6), whose generator has this many excess dimensions. Sigmoid data only. ' +
        'Default: none, which starts at drawn parameters.',
    ),
  defaultOf: () => null,
  stored: extraDimsField,
  columns: {
    badOptimumExtraDims: {
      type: 'int32',
      unit: 'count',
      description:
        'Excess dimensions of the bad optimum at which training started; null for drawn parameters',
    },
  },
  store: (value) => (value === null ? {} : { badOptimumExtraDims: value }),
  read: ({ badOptimumExtraDims: value = null }) => value,
  isCompiled: false,
  display: { format: (value) => String(value ?? 'none') },
};

/** Absent for `fold-in`, so that such tasks keep their ids. */
const streamsField = { randomStreams: z.literal('released-code').exactOptional() };

const randomStreams: DeclaredSetting<'fold-in' | 'released-code', typeof streamsField, TrainingDefaults> = {
  schema: oneOf(['fold-in', 'released-code']).describe(
    "Source of all random numbers. fold-in: this project's own key tree; released-code: the key tree of the authors' released code, " +
      'which produced the printed numbers. The authors evaluate every 5,000 steps and each evaluation consumes keys, so another ' +
      'evaluateEverySteps gives different draws. Default: fold-in.',
  ),
  defaultOf: () => 'fold-in',
  stored: streamsField,
  columns: {
    randomStreams: {
      type: 'utf8',
      unit: '-',
      description: 'Where all random numbers come from: fold-in or released-code',
      show: (stored) => stored ?? 'fold-in',
    },
  },
  store: (value) => (value === 'fold-in' ? {} : { randomStreams: value }),
  read: (fields) => fields.randomStreams ?? 'fold-in',
  isCompiled: true,
};

/** The settings of the experiments that train, in the order of a task's fields. To add a setting, add an entry here. */
export const trainingSettings = {
  dimensions,
  seed: plainSetting('seed', {
    schema: wholeNumber(0, MAX_SEED, 'a seed').describe('Seed of the parameters and points of the data.'),
    stored: count,
    column: { type: 'int32', unit: '-', description: 'Seed of the data' },
    defaultOf: null,
    isCompiled: false,
    display: SEED_DISPLAY,
  }),
  modelSeed: plainSetting('modelSeed', {
    schema: wholeNumber(0, MAX_SEED, 'a seed').describe(
      'Seed of the initial parameters and of the noise of latents, decoder and generated points. Default: 0.',
    ),
    stored: count,
    column: { type: 'int32', unit: '-', description: 'Seed of the initial parameters and of the noise' },
    defaultOf: () => 0,
    isCompiled: false,
    display: { ...SEED_DISPLAY, short: 'model seed' },
  }),
  steps: plainSetting('steps', {
    schema: wholeNumber(1, 100_000_000).describe(
      'Number of training steps. Default: depends on the experiment.',
    ),
    stored: count,
    column: { type: 'int32', unit: 'step', description: 'Training steps of the task' },
    defaultOf: ({ steps }: TrainingDefaults) => steps,
    isCompiled: false,
  }),
  batchSize: plainSetting('batchSize', {
    schema: wholeNumber(1, 100_000).describe('Fresh data points per step. Default: 100.'),
    stored: count,
    column: { type: 'int32', unit: 'count', description: 'Fresh data points per step' },
    defaultOf: () => 100,
    isCompiled: true,
  }),
  learningRate: plainSetting('learningRate', {
    schema: numberWithin(1e-12, 10).describe("Adam's learning rate. Default: depends on the experiment."),
    stored: z.number(),
    column: { type: 'float64', unit: '1', description: "Adam's step size" },
    defaultOf: ({ learningRate }: TrainingDefaults) => learningRate,
    isCompiled: false,
  }),
  hiddenWidths: plainSetting('hiddenWidths', {
    schema: z
      .array(wholeNumber(1, 10_000, 'a width'), { error: WIDTHS_EXPECTED })
      .max(10, { error: WIDTHS_EXPECTED })
      .readonly()
      .describe('Widths of the hidden layers of both networks, for experiments that have hidden layers.'),
    stored: z.array(count).readonly(),
    column: {
      type: 'list<int32>',
      unit: 'count',
      description: 'Widths of the hidden layers of both networks',
    },
    defaultOf: ({ hiddenWidths }: TrainingDefaults) => hiddenWidths,
    isCompiled: true,
  }),
  biases: plainSetting('biases', {
    schema: trueOrFalse().describe(
      'Whether the dense layers have biases, which start at zero. Default: true.',
    ),
    stored: z.boolean(),
    column: { type: 'bool', unit: '-', description: 'Whether the dense layers have biases' },
    defaultOf: () => true,
    isCompiled: true,
  }),
  decoderNoise: plainSetting('decoderNoise', {
    schema: trueOrFalse().describe(
      "Whether eps * noise is added to the decoder's output before the squared error, as in the authors' code. " +
        'Default: false, as in Eq. (3).',
    ),
    stored: z.boolean(),
    column: {
      type: 'bool',
      unit: '-',
      description: "Whether noise is added to the decoder's output before the error",
    },
    defaultOf: () => false,
    isCompiled: true,
  }),
  initialDecoderLogVariance: plainSetting('initialDecoderLogVariance', {
    schema: numberWithin(-LOG_VARIANCE_LIMIT, LOG_VARIANCE_LIMIT)
      .refine((value) => value !== 0, {
        error:
          'expected a number other than 0 (p is trained in log eps^2 = p * c, so c = 0 would fix the variance)',
      })
      .describe('log eps^2 in the first step: c in log eps^2 = p * c. Default: depends on the experiment.'),
    stored: z.number(),
    column: { type: 'float64', unit: '1', description: 'log eps^2 of the decoder in the first step' },
    defaultOf: (defaults: TrainingDefaults) => defaults.initialDecoderLogVariance,
    isCompiled: true,
  }),
  decoderVarianceThreshold,
  evaluateEverySteps: plainSetting('evaluateEverySteps', {
    schema: wholeNumber(1, 100_000_000).describe('Steps between two evaluations. Default: 5000.'),
    stored: count,
    column: { type: 'int32', unit: 'step', description: 'Steps between two evaluations' },
    defaultOf: () => 5_000,
    isCompiled: false,
  }),
  evaluationPoints: plainSetting('evaluationPoints', {
    schema: wholeNumber(1, 100_000).describe('Number of points in an evaluation. Default: 1000.'),
    stored: count,
    column: { type: 'int32', unit: 'count', description: 'Number of points in an evaluation' },
    defaultOf: () => 1_000,
    isCompiled: true,
  }),
  logEverySteps: plainSetting('logEverySteps', {
    schema: wholeNumber(1, 100_000_000).describe('Steps between two rows of the step log. Default: 1.'),
    stored: count,
    column: { type: 'int32', unit: 'step', description: 'Steps between two rows of the step log' },
    defaultOf: () => 1,
    isCompiled: false,
  }),
  engine: plainSetting('engine', {
    schema: z
      .enum(['c', 'xla', 'eager', 'compiled'], { error: 'expected one of c, xla, eager' })
      .transform(storedEngine)
      .describe(
        'Engine that runs the steps. c: a C program compiled with g++; xla: a graph compiled with XLA, slower; eager: one operation at a ' +
          'time, the slow reference; compiled: old name of xla. Default: c.',
      ),
    stored: z.enum(['c', 'compiled', 'eager']),
    column: {
      type: 'utf8',
      unit: '-',
      description: 'c, xla or eager',
      show: (stored) => ENGINE_NAMES[stored as StoredEngine],
    },
    defaultOf: () => 'c' as const,
    isCompiled: true,
    display: { format: (value) => ENGINE_NAMES[value as StoredEngine] },
  }),
  badOptimumExtraDims,
  randomStreams,
  initialKernelScale,
  roundingSeed,
  decoderVarianceMethod,
  finalDecoderVarianceThreshold,
} as const;

export type SettingName = keyof typeof trainingSettings;

/** The stored fields of the settings of a task that trains. */
export type TrainingFields = StoredFields<typeof trainingSettings>;

export const derivedTraining = deriveSettings<typeof trainingSettings, TrainingDefaults>(trainingSettings);
