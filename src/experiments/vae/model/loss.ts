import type { GradSaveFunc, Scalar, Tensor, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { LossTerms } from '../metrics/step-metrics.js';
import type { Model } from './model.js';
import type { Parameters } from './parameters.js';

/** The numbers drawn for one evaluation of the loss. */
export interface Noise {
  /** z', standard normal numbers [n, latentDim]. */
  readonly latent: Tensor2D;
  /** Standard normal numbers [n, ambientDim], or null for Eq. (3), which has no decoder noise. */
  readonly decoder: Tensor2D | null;
}

/**
 * Computes the negative evidence lower bound with one latent sample per point: Eq. (3) with the constants of both log densities.
 *
 *   kl             = 1/2 sum_i (D_ii + g(x)_i^2 - 1 - log D_ii)
 *   reconstruction = 1/2 (|x - f(g(x) + D^(1/2) z')|^2 / eps^2 + d log(2 pi) + d log eps^2)
 *
 * With decoder noise, eps times the noise is added to f before squaring, as in the authors' code. That adds d/2 in expectation.
 *
 * eps^2 is trained, or it is the optimal one for these points.
 *
 * @param points x, [n, ambientDim]
 * @param threshold lower bound of log eps^2 (Appendix D), a scalar; -Infinity for none
 */
export function losses(
  model: Model,
  parameters: Parameters,
  points: Tensor2D,
  noise: Noise,
  threshold: Scalar,
): LossTerms {
  const [count, ambientDim] = points.shape;
  const mean = model.encoder.apply(parameters.encoder, points);
  const logVariance = parameters.encoderLogVariance;
  const latents: Tensor2D = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise.latent));
  const isOptimal = model.settings.decoderVarianceMethod === 'optimal';
  const trained = isOptimal ? null : boundedDecoderLogVariance(model, parameters, threshold);
  const decoded = model.decoder.apply(parameters.decoder, latents);
  const output = trained === null ? decoded : withNoise(decoded, noise.decoder, trained);
  const squaredError: Scalar = tf.mul(tf.sum(tf.square(tf.sub(output, points))), 1 / count);
  const decoderLogVariance =
    trained ??
    optimalDecoderLogVariance(
      tf.mul(squaredError, 1 / ambientDim),
      threshold,
      tf.reshape(parameters.decoderLogVarianceScale, []),
    );
  const scaledError: Scalar = tf.mul(squaredError, tf.exp(tf.neg(decoderLogVariance)));
  const constant = tf.mul(tf.add(decoderLogVariance, Math.log(2 * Math.PI)), ambientDim);
  const reconstruction: Scalar = tf.mul(tf.add(scaledError, constant), 0.5);
  const squaredMean = tf.mul(tf.sum(tf.square(mean)), 1 / count);
  const varianceTerms = tf.sum(tf.sub(tf.sub(tf.exp(logVariance), logVariance), 1));
  const kl: Scalar = tf.mul(tf.add(squaredMean, varianceTerms), 0.5);
  return {
    loss: tf.add(kl, reconstruction),
    reconstruction,
    kl,
    squaredError,
    decoderLogVariance,
    latentMean: mean,
    output,
  };
}

/**
 * Returns points of the generator, x~ = f(z) + eps * noise, [n, ambientDim].
 * @param latents z, standard normal numbers [n, latentDim]
 * @param noise standard normal numbers [n, ambientDim]
 * @param decoderLogVariance log eps^2, a scalar
 */
export function generate(
  model: Model,
  parameters: Parameters,
  latents: Tensor2D,
  noise: Tensor2D,
  decoderLogVariance: Scalar,
): Tensor2D {
  return withNoise(model.decoder.apply(parameters.decoder, latents), noise, decoderLogVariance);
}

/** Returns log eps^2 = max(p * c, threshold). */
export function boundedDecoderLogVariance(model: Model, parameters: Parameters, threshold: Scalar): Scalar {
  const free: Scalar = tf.mul(
    tf.reshape(parameters.decoderLogVarianceScale, []),
    model.settings.initialDecoderLogVariance,
  );
  return maximum(free, threshold);
}

/**
 * Computes log eps^2 = max(log(error), threshold), the optimum of the loss at fixed f, g and D (Lemma 2 of the paper; Rybkin, Daniilidis
 * and Levine 2021, "Simple and effective VAE training with calibrated decoders"). Its gradient is zero by definition: the loss is
 * stationary in eps^2 at the optimum, and a bound is constant, so the gradient of the loss is exact without it. The unused parameter p
 * takes part so that it has a gradient, zero.
 * @param error |x - xhat|^2 / d, mean over the points
 */
const optimalDecoderLogVariance = tf.customGrad<Tensor>((...values) => {
  const [error, bound, unused, save] = values as [Scalar, Scalar, Scalar, GradSaveFunc];
  save([error, bound, unused]);
  return {
    value: tf.maximum(tf.log(error), bound),
    gradFunc: (_dy: Tensor, saved: Tensor[]) => saved.map((tensor) => tf.zerosLike(tensor)),
  };
}) as unknown as (error: Scalar, bound: Scalar, unused: Scalar) => Scalar;

function withNoise(output: Tensor2D, noise: Tensor2D | null, decoderLogVariance: Scalar): Tensor2D {
  return noise === null ? output : tf.add(output, tf.mul(tf.exp(tf.mul(decoderLogVariance, 0.5)), noise));
}

/**
 * Computes max(x, bound) with JAX's gradient with respect to x: 1 above the bound, 0 below it, and one half at a tie, where tfjs gives 1.
 * The first step of a task that is clipped at e^-3 has such a tie.
 */
const maximum = tf.customGrad<Tensor>((...values) => {
  const [value, bound, save] = values as [Scalar, Scalar, GradSaveFunc];
  save([value, bound]);
  return {
    value: tf.maximum(value, bound),
    gradFunc: (dy: Tensor, [input = value, least = bound]: Tensor[]) => {
      const above = tf.cast(tf.greater(input, least), 'float32');
      const tie = tf.cast(tf.equal(input, least), 'float32');
      return [tf.mul(dy, tf.add(above, tf.mul(tie, 0.5))), tf.zerosLike(least)];
    },
  };
}) as unknown as (x: Scalar, bound: Scalar) => Scalar;
