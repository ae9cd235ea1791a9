import type { Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { TrainingSettings } from '../settings/task.js';
import { badOptimum } from '../../theory/bad-optimum.js';
import type { Model } from '../model/model.js';
import { initialParameters, parameterCount, parameterLayout, type KernelKey } from '../model/parameters.js';

/** Returns the flat parameters before the first step: drawn, or those of the bad optimum if the settings select it. */
export function startParameters(model: Model, settings: TrainingSettings, kernelKey: KernelKey): Tensor1D {
  return settings.badOptimumExtraDims === undefined
    ? initialParameters(model, kernelKey, settings.initialKernelScale)
    : badOptimumParameters(model, settings, settings.badOptimumExtraDims);
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
