import type { Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import { hashWords, keyWords } from '../../../compiler/random/words.js';
import type { TrainingSettings } from '../settings/task.js';
import { badOptimum } from '../../theory/bad-optimum.js';
import type { Model } from '../model/model.js';
import { initialParameters, parameterCount, parameterLayout, type KernelKey } from '../model/parameters.js';

/**
 * Returns the flat parameters before the first step: drawn, or those of the bad optimum if the settings select it. With a rounding seed,
 * each is moved by one unit in the last place.
 */
export function startParameters(model: Model, settings: TrainingSettings, kernelKey: KernelKey): Tensor1D {
  const { badOptimumExtraDims, initialKernelScale, roundingSeed } = settings;
  const start =
    badOptimumExtraDims === undefined
      ? initialParameters(model, kernelKey, initialKernelScale)
      : badOptimumParameters(model, settings, badOptimumExtraDims);
  return roundingSeed === undefined ? start : moveByLastPlace(start, roundingSeed);
}

/** Moves each value other than 0 to the next larger or the next smaller float32, as the lowest bit of a random word decides. */
function moveByLastPlace(start: Tensor1D, seed: number): Tensor1D {
  const values = start.dataSync<'float32'>().slice();
  start.dispose();
  const bits = new Int32Array(values.buffer);
  hashWords(keyWords(seed), values.length).forEach((word, index) => {
    // The bits of finite float32 of one sign are in the order of their magnitudes.
    if (values[index] !== 0) bits[index] = (bits[index] ?? 0) + ((word & 1) === 0 ? 1 : -1);
  });
  return tf.tensor1d(values);
}

/**
 * Returns the bad optimum of Eq. (6) at the decoder variance of the first step, eps^2 = max(e^c, threshold), with p = 1. The matrices
 * of Eq. (6) have the shape [outputs, inputs], but kernels of layers have [inputs, outputs].
 */
function badOptimumParameters(model: Model, settings: TrainingSettings, extraDims: number): Tensor1D {
  const { initialDecoderLogVariance, decoderLogVarianceThreshold } = settings;
  const logVariance = Math.max(initialDecoderLogVariance, decoderLogVarianceThreshold ?? -Infinity);
  const optimum = badOptimum({ ...settings, extraDims }, Math.exp(logVariance / 2));
  const values: Readonly<Record<string, readonly number[]>> = {
    'encoder.0.kernel': transposed(optimum.encoderKernel),
    'encoder.0.bias': optimum.encoderBias,
    'decoder.linear.kernel': transposed(optimum.linearKernel),
    'decoder.linear.bias': optimum.linearBias,
    'decoder.sigmoid.kernel': transposed(optimum.sigmoidKernel),
    'decoder.sigmoid.bias': optimum.sigmoidBias,
    encoderLogVariance: optimum.encoderVariance.map(Math.log),
    decoderLogVarianceScale: [1],
  };
  const layout = parameterLayout(model);
  const flat = new Float32Array(parameterCount(layout));
  for (const { name, shape, offset } of layout) {
    const block = values[name];
    if (block?.length !== shape[0] * shape[1])
      throw new Error(`The bad optimum has no ${name} of shape [${shape.join(', ')}].`);
    flat.set(block, offset);
  }
  return tf.tensor1d(flat);
}

/** Returns the elements of the transposed matrix, row by row. */
function transposed(matrix: readonly (readonly number[])[]): number[] {
  return (matrix[0] ?? []).flatMap((_, column) => matrix.map((row) => row[column] ?? NaN));
}
