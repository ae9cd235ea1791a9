import { InputError } from '../../../errors.js';
import { pluginDatasets } from '../plugins/installed.js';
import type { TrainingDefaults } from './training-settings.js';

/** The properties of a dataset that planning needs before a task runs. */
export interface TrainingData extends TrainingDefaults {
  /** Whether the networks have hidden layers, so that `hiddenWidths` can be set. */
  readonly hasHiddenLayers: boolean;
  /** Returns the number of coordinates of a data point that are not padding. */
  coordinates(intrinsicDim: number): number;
  /** Returns the number of standard normal numbers from which a data point is computed. */
  sourceDim(intrinsicDim: number): number;
}

/**
 * The default settings of the paper's experiments (Section 6). Architectures and latent dimensions follow the text of the paper; steps,
 * learning rates, batch size and seeds follow the authors' released code. This module does not load TensorFlow, so that planning stays
 * instant; the tensors are in `../datasets`.
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

/** The name of an experiment of the paper. */
export type ExperimentName = keyof typeof experiments;

export function isPaperExperiment(name: string): name is ExperimentName {
  return Object.hasOwn(experiments, name);
}

/** Returns the properties of a dataset. @throws an InputError if neither the paper nor an installed plugin defines it */
export function trainingData(name: string): TrainingData {
  const data = findTrainingData(name);
  if (data !== null) return data;
  throw new InputError(
    `unknown data ${name}: pass the plugin that defines it, for example --plugin ${name}.mjs`,
  );
}

/** Returns the properties of a dataset, or null if a plugin defines it that is not installed. */
export function findTrainingData(name: string): TrainingData | null {
  if (isPaperExperiment(name)) return experiments[name];
  const dataset = pluginDatasets().find((known) => known.name === name);
  if (dataset === undefined) return null;
  return {
    ...dataset.defaults,
    hasHiddenLayers: true,
    coordinates: (intrinsicDim) => dataset.coordinates(intrinsicDim),
    sourceDim: (intrinsicDim) => dataset.sourceDim(intrinsicDim),
  };
}
