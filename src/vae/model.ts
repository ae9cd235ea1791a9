import type { Dataset, Dimensions } from './datasets/dataset.js';
import { linear } from './datasets/linear.js';
import { sigmoid } from './datasets/sigmoid.js';
import { sphere } from './datasets/sphere.js';
import { denseWithSigmoid, multilayerPerceptron, type Network } from './networks.js';

/** What a model is built from; a task's settings have these and more. */
export interface ModelSettings extends Dimensions {
  readonly experiment: keyof typeof architectures;
  readonly hiddenWidths: readonly number[];
  readonly biases: boolean;
  readonly decoderNoise: boolean;
  /** c in log eps^2 = p * c, p trainable and 1 at first. */
  readonly initialDecoderLogVariance: number;
}

/** A data distribution with the encoder g and the decoder f that the paper trains on it. */
export interface Model {
  readonly settings: ModelSettings;
  readonly dataset: Dataset;
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

/** The registry of experiments: a new dataset is a file in `datasets/` and a row here. */
const architectures = {
  linear: { dataset: linear, encoder: mlpEncoder, decoder: mlpDecoder },
  sigmoid: {
    dataset: sigmoid,
    encoder: mlpEncoder,
    decoder: ({ latentDim, ambientDim }) => denseWithSigmoid('decoder', latentDim, ambientDim),
  },
  sphere: { dataset: sphere, encoder: mlpEncoder, decoder: mlpDecoder },
} satisfies Record<string, Architecture>;

export function buildModel(settings: ModelSettings): Model {
  const architecture: Architecture = architectures[settings.experiment];
  return {
    settings,
    dataset: architecture.dataset,
    encoder: architecture.encoder(settings),
    decoder: architecture.decoder(settings),
  };
}
