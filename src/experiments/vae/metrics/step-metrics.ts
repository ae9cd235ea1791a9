import type { Scalar, Tensor2D } from '@tensorflow/tfjs-node';
import type { TensorFlow } from '../plugins/plugin.js';
import type { MetricDescription } from './metric.js';

/** The inputs of the step metrics. Losses are in nats, and means over the points of the batch. */
export interface LossTerms {
  /** kl + reconstruction. */
  readonly loss: Scalar;
  /** -log p(x|z) at the sampled z. */
  readonly reconstruction: Scalar;
  /** KL(q(z|x) || N(0, I)). */
  readonly kl: Scalar;
  /** |x - xhat|^2. */
  readonly squaredError: Scalar;
  /** log eps^2, after clipping. */
  readonly decoderLogVariance: Scalar;
  /** The mean of the encoder, g(x), [n, latentDim]. */
  readonly latentMean: Tensor2D;
  /** The output of the decoder, xhat [n, ambientDim], with noise if the model adds it. */
  readonly output: Tensor2D;
}

/** A column of the step log and of the evaluation log. The evaluation log has its value for fresh points. */
export interface StepMetric extends MetricDescription {
  /** Computes the metric, a scalar. It is compiled with the step, so it must be a pure function of tensors and must not read values. */
  readonly value: (terms: LossTerms, tf: TensorFlow) => Scalar;
}

/** The metrics that every step logs, in the order of the log's columns. To add a metric, add an entry here. */
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
