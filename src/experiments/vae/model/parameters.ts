import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import { truncatedNormal } from '../../../compiler/random/distributions.js';
import type { Key } from '../../../compiler/random/keys.js';
import type { Model } from './model.js';
import type { DenseParameters, LayerShape } from './networks.js';

/** Standard deviation of a standard normal distribution truncated at 2. JAX divides by it to get the exact standard deviation. */
const TRUNCATED_STANDARD_DEVIATION = 0.87962566103423978;

/** All trainable parameters of a model. */
export interface Parameters {
  readonly encoder: readonly DenseParameters[];
  readonly decoder: readonly DenseParameters[];
  /** log D, [1, latentDim]: the encoder variances, which do not depend on x. */
  readonly encoderLogVariance: Tensor2D;
  /** p in log eps^2 = p * c, [1, 1]. */
  readonly decoderLogVarianceScale: Tensor2D;
}

/** A named block of the flat parameter vector. */
export interface ParameterBlock {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly offset: number;
}

/** Returns the layout of the parameters in the flat vector that the optimizer updates. */
export function parameterLayout(model: Model): ParameterBlock[] {
  const layers = [...model.encoder.layers, ...model.decoder.layers];
  const shapes: (readonly [string, number, number])[] = layers.flatMap(({ name, inputs, outputs }) => [
    [`${name}.kernel`, inputs, outputs] as const,
    ...(model.settings.biases ? [[`${name}.bias`, 1, outputs] as const] : []),
  ]);
  shapes.push(['encoderLogVariance', 1, model.settings.latentDim], ['decoderLogVarianceScale', 1, 1]);
  let offset = 0;
  return shapes.map(([name, rows, columns]) => {
    const block = { name, shape: [rows, columns] as const, offset };
    offset += rows * columns;
    return block;
  });
}

export function parameterCount(layout: readonly ParameterBlock[]): number {
  return layout.reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
}

/** Returns the blocks of a flat vector as tensors with their shapes, in the order of the layout. */
export function unflatten(flat: Tensor1D, layout: readonly ParameterBlock[]): Tensor2D[] {
  return layout.map(({ shape, offset }) =>
    tf.reshape(tf.slice(flat, [offset], [shape[0] * shape[1]]), [...shape]),
  );
}

/** Returns the same as `unflatten` with fewer calls of TensorFlow. Loops can't use it, because it reads the values. */
export function unflattenNow(flat: Tensor1D, layout: readonly ParameterBlock[]): Tensor2D[] {
  const values = flat.dataSync<'float32'>();
  return layout.map(({ shape, offset }) =>
    tf.tensor2d(values.slice(offset, offset + shape[0] * shape[1]), [...shape], 'float32'),
  );
}

export function flatten(blocks: readonly Tensor[]): Tensor1D {
  return tf.concat(blocks.map((block) => tf.reshape(block, [block.size])));
}

/** Assigns the blocks, given in the order of the layout, to the parameters of the model. */
export function parametersOf(model: Model, blocks: readonly Tensor2D[]): Parameters {
  const queue = [...blocks];
  const next = (): Tensor2D => {
    const block = queue.shift();
    if (block === undefined) throw new Error('There are fewer blocks than the model has parameters.');
    return block;
  };
  const layers = (count: number) =>
    Array.from({ length: count }, () => ({ kernel: next(), bias: model.settings.biases ? next() : null }));
  return {
    encoder: layers(model.encoder.layers.length),
    decoder: layers(model.decoder.layers.length),
    encoderLogVariance: next(),
    decoderLogVarianceScale: next(),
  };
}

/** Returns the key with which a layer's initial kernel is drawn. @param index index of the layer, encoder layers first */
export type KernelKey = (layer: LayerShape, index: number) => Key;

/**
 * Returns the flat parameters before the first step. Kernels are LeCun normal as in JAX and Flax: a normal distribution truncated at
 * two standard deviations and scaled to a standard deviation of 1/sqrt(inputs). Biases are 0, log D = 1 and p = 1.
 * @param scale additional factor of all kernels
 */
export function initialParameters(model: Model, kernelKey: KernelKey, scale = 1): Tensor1D {
  return tf.tidy(() => {
    const layers = [...model.encoder.layers, ...model.decoder.layers];
    const dense = layers.flatMap((layer, index) => {
      const { inputs, outputs } = layer;
      const draw = truncatedNormal(kernelKey(layer, index), -2, 2, [inputs, outputs]);
      const kernel = tf.mul(draw, (scale * Math.sqrt(1 / inputs)) / TRUNCATED_STANDARD_DEVIATION);
      return model.settings.biases ? [kernel, tf.zeros([1, outputs])] : [kernel];
    });
    return flatten([...dense, tf.ones([1, model.settings.latentDim]), tf.ones([1, 1])]);
  });
}
