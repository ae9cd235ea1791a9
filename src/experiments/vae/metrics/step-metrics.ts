import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node';
import type { TensorFlow } from '../plugins/plugin.js';
import type { Described } from './metric.js';

/** What step metrics are made of. The losses are in nats, means over the points. */
export interface LossTerms {
  /** kl + reconstruction. */
  readonly loss: Scalar;
  /** -log p(x|z) at the sampled z. */
  readonly reconstruction: Scalar;
  /** KL(q(z|x) || N(0, I)). */
  readonly kl: Scalar;
  /** |x - xhat|^2. */
  readonly squaredError: Scalar;
  /** log eps^2. */
  readonly decoderLogVariance: Scalar;
  /** g(x), [n, latentDim]. */
  readonly latentMean: Tensor2D;
  /** xhat, [n, ambientDim], with the decoder's noise where the model adds it. */
  readonly output: Tensor2D;
}

/** One column of the step log, and of the evaluation log, where it is of fresh points. */
export interface StepMetric extends Described {
  /** Gives the metric, a scalar. It is compiled with the step, so it must be a pure function of tensors and read no values. */
  readonly value: (terms: LossTerms, tf: TensorFlow) => Scalar;
}

/** What every step logs, in the order of the log's columns. A new one is an entry here. */
export const stepMetrics: readonly StepMetric[] = [
  {
    name: 'loss',
    unit: 'nat',
    description: 'KL + reconstruction, mean over the points',
    title: 'VAE loss (nats)',
    short: 'VAE loss (nat)',
    startsAtZero: false,
    isInTables: true,
    isCharted: true,
    hasCurves: true,
    value: ({ loss }) => loss,
  },
  {
    name: 'reconstruction',
    unit: 'nat',
    description: '-log p(x|z) at one sampled z, mean over the points',
    title: 'reconstruction loss (nats)',
    short: 'Reconstruction (nat)',
    startsAtZero: false,
    isCharted: true,
    value: ({ reconstruction }) => reconstruction,
  },
  {
    name: 'kl',
    unit: 'nat',
    description: 'KL(q(z|x) || N(0, I)), mean over the points',
    title: 'KL of the encoder (nats)',
    short: 'KL of the encoder (nat)',
    isCharted: true,
    value: ({ kl }) => kl,
  },
  {
    name: 'squaredError',
    unit: '1',
    description: '|x - xhat|^2, mean over the points',
    title: 'squared error',
    value: ({ squaredError }) => squaredError,
  },
  {
    name: 'decoderLogVariance',
    unit: '1',
    description: 'log eps^2 of the decoder, after clipping',
    title: 'log of the decoder variance',
    startsAtZero: false,
    value: ({ decoderLogVariance }) => decoderLogVariance,
  },
];
