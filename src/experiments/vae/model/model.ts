import type { Tensor2D } from '@tensorflow/tfjs-node';
import { pluginDatasets } from '../plugins/installed.js';
import type { Dataset, Dimensions } from '../datasets/dataset.js';
import { linear } from '../datasets/linear.js';
import { sigmoid } from '../datasets/sigmoid.js';
import { fromPlugin } from '../datasets/plugin-dataset.js';
import { padWithZeros } from '../datasets/padding.js';
import { sphere } from '../datasets/sphere.js';
import { trainingData } from '../settings/training-data.js';
import { denseWithSigmoid, multilayerPerceptron, type Network } from './networks.js';

/** The part of a task's settings that defines its model. */
export interface ModelSettings extends Dimensions {
  readonly experiment: string;
  readonly hiddenWidths: readonly number[];
  readonly biases: boolean;
  readonly decoderNoise: boolean;
  /** c in log eps^2 = p * c, where p is trainable and initially 1. */
  readonly initialDecoderLogVariance: number;
  /** Whether the decoder variance is the optimal one of each batch, instead of a trained one. */
  readonly decoderVarianceMethod?: 'optimal';
}

/** A data distribution, and the encoder g and decoder f that are trained on it. */
export interface Model {
  readonly settings: ModelSettings;
  readonly dataset: Dataset;
  /** Number of standard normal numbers from which a data point is computed. */
  readonly sourceDim: number;
  /** Computes data points [n, ambientDim] from standard normal numbers, `source` [n, sourceDim]. Padded coordinates are 0. */
  readonly points: (parameters: readonly Tensor2D[], source: Tensor2D) => Tensor2D;
  readonly encoder: Network;
  readonly decoder: Network;
}

interface Architecture {
  readonly dataset: Dataset;
  encoder(settings: ModelSettings): Network;
  decoder(settings: ModelSettings): Network;
}

const mlpEncoder = ({ ambientDim, hiddenWidths, latentDim }: ModelSettings) =>
  multilayerPerceptron('encoder', ambientDim, hiddenWidths, latentDim);
const mlpDecoder = ({ ambientDim, hiddenWidths, latentDim }: ModelSettings) =>
  multilayerPerceptron('decoder', latentDim, hiddenWidths, ambientDim);

/** The built-in architectures. To add a dataset, add a file in `datasets/` and a row here. Plugins define further datasets. */
const architectures: Readonly<Record<string, Architecture>> = {
  linear: { dataset: linear, encoder: mlpEncoder, decoder: mlpDecoder },
  sigmoid: {
    dataset: sigmoid,
    encoder: mlpEncoder,
    decoder: ({ latentDim, ambientDim }) => denseWithSigmoid('decoder', latentDim, ambientDim),
  },
  sphere: { dataset: sphere, encoder: mlpEncoder, decoder: mlpDecoder },
};

export function buildModel(settings: ModelSettings): Model {
  const architecture = architectureOf(settings.experiment);
  const { dataset } = architecture;
  return {
    settings,
    dataset,
    sourceDim: trainingData(settings.experiment).sourceDim(settings.intrinsicDim),
    points: (parameters, source) =>
      padWithZeros(dataset.points(parameters, source, settings), settings.ambientDim),
    encoder: architecture.encoder(settings),
    decoder: architecture.decoder(settings),
  };
}

function architectureOf(experiment: string): Architecture {
  const builtIn = Object.hasOwn(architectures, experiment) ? architectures[experiment] : undefined;
  if (builtIn !== undefined) return builtIn;
  const dataset = pluginDatasets().find(({ name }) => name === experiment);
  if (dataset === undefined)
    throw new Error(`No plugin that is installed in this process defines ${experiment} data.`);
  return { dataset: fromPlugin(dataset), encoder: mlpEncoder, decoder: mlpDecoder };
}
