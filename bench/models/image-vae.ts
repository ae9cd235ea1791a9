import type { Rank, Scalar, Tensor, Tensor2D, Tensor4D } from '@tensorflow/tfjs-node';
import { key, normal, split, tf, type Key } from '../../src/compiler/index.js';
import type { BenchmarkModel } from './model.js';

const EXAMPLES = 2_048;
const [SIZE, LATENT, BATCH] = [16, 8, 32];
const [FEW, MANY] = [16, 32];
const SMALL = SIZE / 4;
const FLAT = SMALL * SMALL * MANY;

/**
 * A convolutional VAE of 16 x 16 images in gray: two convolutions with stride 2, a latent space of 8 dimensions, and two transposed
 * convolutions. The loss is the negative evidence lower bound per image in nats, with the binary cross-entropy of the pixels.
 */
export const imageVae: BenchmarkModel = {
  parameters: {
    'encoder.first.kernel': [4, 4, 1, FEW],
    'encoder.first.bias': [FEW],
    'encoder.second.kernel': [4, 4, FEW, MANY],
    'encoder.second.bias': [MANY],
    'encoder.last.kernel': [FLAT, 2 * LATENT],
    'encoder.last.bias': [2 * LATENT],
    'decoder.first.kernel': [LATENT, FLAT],
    'decoder.first.bias': [FLAT],
    'decoder.second.kernel': [4, 4, FEW, MANY],
    'decoder.second.bias': [FEW],
    'decoder.last.kernel': [4, 4, 1, FEW],
    'decoder.last.bias': [1],
  },
  examples: EXAMPLES,
  batch: BATCH,
  noise: LATENT,
  arrays: ['images'],
  dataset: () => {
    const [ofCodes, ofBasis] = split(key(2)) as [Key, Key];
    const codes = normal(ofCodes, [EXAMPLES, LATENT]) as Tensor2D;
    const basis = normal(ofBasis, [LATENT, SIZE * SIZE]) as Tensor2D;
    return [tf.sigmoid(tf.matMul(codes, basis))];
  },
  loss: (parameters, batch, noise) => {
    const conv = (x: Tensor4D, layer: string): Tensor4D => {
      const sums = tf.conv2d(x, parameters(`${layer}.kernel`) as Tensor4D, 2, 'same');
      return tf.relu(tf.add(sums, parameters(`${layer}.bias`)));
    };
    const transposed = (x: Tensor4D, layer: string, size: number, channels: number): Tensor4D => {
      const kernel = parameters(`${layer}.kernel`) as Tensor4D;
      const sums = tf.conv2dTranspose(x, kernel, [BATCH, size, size, channels], 2, 'same');
      return tf.add(sums, parameters(`${layer}.bias`));
    };
    const dense = (x: Tensor2D, layer: string): Tensor2D =>
      tf.add(tf.matMul(x, parameters(`${layer}.kernel`) as Tensor2D), parameters(`${layer}.bias`));

    const images = batch('images') as Tensor2D;
    const pixels = tf.reshape<Rank.R4>(images, [BATCH, SIZE, SIZE, 1]);
    const features = conv(conv(pixels, 'encoder.first'), 'encoder.second');
    const encoded = dense(tf.reshape(features, [BATCH, FLAT]), 'encoder.last');
    const mean = tf.slice(encoded, [0, 0], [BATCH, LATENT]);
    const logVariance = tf.slice(encoded, [0, LATENT], [BATCH, LATENT]);
    const latent: Tensor2D = tf.add(mean, tf.mul(tf.exp(tf.mul(logVariance, 0.5)), noise));

    const start = tf.reshape(tf.relu(dense(latent, 'decoder.first')), [BATCH, SMALL, SMALL, MANY]);
    const middle = tf.relu(transposed(start as Tensor4D, 'decoder.second', SIZE / 2, FEW));
    const logits = tf.reshape(transposed(middle, 'decoder.last', SIZE, 1), [BATCH, SIZE * SIZE]);
    return tf.add<Scalar>(crossEntropy(logits, images), divergence(mean, logVariance));
  },
};

/** The binary cross-entropy of pixels x with logits l, softplus(l) - x l, summed over the pixels, mean over the images. */
function crossEntropy(logits: Tensor, images: Tensor): Tensor {
  return tf.div(tf.sum(tf.sub(tf.softplus(logits), tf.mul(images, logits))), BATCH);
}

/** KL(N(m, e^s) || N(0, 1)) = (m^2 + e^s - s - 1) / 2, summed over the latent dimensions, mean over the images. */
function divergence(mean: Tensor, logVariance: Tensor): Tensor {
  const terms = tf.sub(tf.sub(tf.add(tf.square(mean), tf.exp(logVariance)), logVariance), 1);
  return tf.div(tf.sum(terms), 2 * BATCH);
}
