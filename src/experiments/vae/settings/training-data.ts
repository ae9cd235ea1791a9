import { InputError } from '../../../errors.js';
import { pluginDatasets } from '../plugins/installed.js';
import type { TrainingDefaults } from './training-settings.js';

/** What training depends on its data for, before a task runs. */
export interface TrainingData extends TrainingDefaults {
  /** Whether `hiddenWidths` may be set. */
  readonly hasHiddenLayers: boolean;
  /** Coordinates of a data point that are not padding. */
  coordinates(intrinsicDim: number): number;
  /** Standard normal numbers that a data point is made of. */
  sourceDim(intrinsicDim: number): number;
}

/**
 * The paper's experiments (Section 6) as rows of a table: what a setting is when a sweep file does not give it.
 * Architectures and latent dimensions are the paper's text; steps, learning rates, batch and seeds are those of the authors'
 * released code. Loads no TensorFlow, so that planning stays instant; the tensors are in `../datasets`.
 */
export const experiments = {
  linear: {
    steps: 100_000,
    learningRate: 1e-3,
    hiddenWidths: [],
    hasHiddenLayers: false,
    initialDecoderLogVariance: -1,
    coordinates: (intrinsicDim) => intrinsicDim,
    sourceDim: (intrinsicDim) => intrinsicDim,
  },
  sigmoid: {
    steps: 150_000,
    learningRate: 1e-4,
    hiddenWidths: [],
    hasHiddenLayers: false,
    initialDecoderLogVariance: -3,
    coordinates: (intrinsicDim) => intrinsicDim + 1,
    sourceDim: (intrinsicDim) => intrinsicDim,
  },
  sphere: {
    steps: 150_000,
    learningRate: 1e-4,
    hiddenWidths: [200, 200, 200],
    hasHiddenLayers: true,
    initialDecoderLogVariance: -3,
    coordinates: (intrinsicDim) => intrinsicDim + 1,
    sourceDim: (intrinsicDim) => intrinsicDim + 1,
  },
} as const satisfies Record<string, TrainingData>;

/** Those of the paper. */
export type ExperimentName = keyof typeof experiments;

export function isOfThePaper(name: string): name is ExperimentName {
  return Object.hasOwn(experiments, name);
}

/** @throws if neither the paper nor a plugin has the data */
export function trainingData(name: string): TrainingData {
  const data = findTrainingData(name);
  if (data !== null) return data;
  throw new InputError(
    `nothing here trains on ${name} data: give the plugin that has it, as --plugin ${name}.mjs`,
  );
}

/** Null for the data of a plugin that is not given. */
export function findTrainingData(name: string): TrainingData | null {
  if (isOfThePaper(name)) return experiments[name];
  const dataset = pluginDatasets().find((known) => known.name === name);
  if (dataset === undefined) return null;
  return {
    ...dataset.defaults,
    hasHiddenLayers: true,
    coordinates: (intrinsicDim) => dataset.coordinates(intrinsicDim),
    sourceDim: (intrinsicDim) => dataset.sourceDim(intrinsicDim),
  };
}
