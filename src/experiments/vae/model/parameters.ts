import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import { truncatedNormal } from '../../../compiler/random/distributions.js';
import type { Key } from '../../../compiler/random/keys.js';
import type { Model } from './model.js';
import type { DenseParameters, LayerShape } from './networks.js';

/** Standard deviation of a standard normal truncated at two of its own: JAX divides by it so that the kernel's is exact. */
const TRUNCATED_STANDARD_DEVIATION = 0.87962566103423978;

/** All trainable numbers of a model. */
export interface Parameters {
  readonly encoder: readonly DenseParameters[];
  readonly decoder: readonly DenseParameters[];
  /** log D, [1, latentDim]: the encoder's variances, no function of x. */
  readonly encoderLogVariance: Tensor2D;
  /** p of log eps^2 = p * c, [1, 1]. */
  readonly decoderLogVarianceScale: Tensor2D;
}

/** A named block of the flat parameter vector. */
export interface ParameterBlock {
  readonly name: string;
  readonly shape: readonly [number, number];
  readonly offset: number;
}

/** How the parameters lie in one vector, in which the optimiser updates them at once. */
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

/** The blocks of a flat vector as tensors of their shapes, in the layout's order. */
export function unflatten(flat: Tensor1D, layout: readonly ParameterBlock[]): Tensor2D[] {
  return layout.map(({ shape, offset }) =>
    tf.reshape(tf.slice(flat, [offset], [shape[0] * shape[1]]), [...shape]),
  );
}

export function flatten(blocks: readonly Tensor[]): Tensor1D {
  return tf.concat(blocks.map((block) => tf.reshape(block, [block.size])));
}

/** Gives the blocks, in the layout's order, their roles. */
export function parametersOf(model: Model, blocks: readonly Tensor2D[]): Parameters {
  const queue = [...blocks];
  const next = (): Tensor2D => {
    const block = queue.shift();
    if (block === undefined) throw new Error('The parameters have fewer blocks than the model.');
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

/** The key that a layer's initial kernel is drawn with. @param index of the layer, those of the encoder first */
export type KernelKey = (layer: LayerShape, index: number) => Key;

/**
 * Parameters before the first step, flat: kernels LeCun-normal as JAX and Flax define it (a normal truncated at two standard
 * deviations, scaled so that its own is 1/sqrt(inputs)), biases 0, log D = 1, p = 1.
 */
export function initialParameters(model: Model, kernelKey: KernelKey): Tensor1D {
  return tf.tidy(() => {
    const layers = [...model.encoder.layers, ...model.decoder.layers];
    const dense = layers.flatMap((layer, index) => {
      const { inputs, outputs } = layer;
      const draw = truncatedNormal(kernelKey(layer, index), -2, 2, [inputs, outputs]);
      const kernel = tf.mul(draw, Math.sqrt(1 / inputs) / TRUNCATED_STANDARD_DEVIATION);
      return model.settings.biases ? [kernel, tf.zeros([1, outputs])] : [kernel];
    });
    return flatten([...dense, tf.ones([1, model.settings.latentDim]), tf.ones([1, 1])]);
  });
}
