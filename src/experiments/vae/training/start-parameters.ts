import type { Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { TrainingSettings } from '../settings/task.js';
import { badOptimum } from '../../theory/bad-optimum.js';
import type { Model } from '../model/model.js';
import { initialParameters, parameterCount, parameterLayout, type KernelKey } from '../model/parameters.js';

/** Parameters before the first step, flat: drawn, or those of the bad optimum that the settings ask for. */
export function startParameters(model: Model, settings: TrainingSettings, kernelKey: KernelKey): Tensor1D {
  return settings.badOptimumExtraDims === undefined
    ? initialParameters(model, kernelKey)
    : badOptimumParameters(model, settings, settings.badOptimumExtraDims);
}

/**
 * The bad optimum of Eq. (6) at the decoder variance eps^2 that the first step has, max(e^c, threshold). Eq. (6) has its matrices as
 * [outputs, inputs], a layer its kernel as [inputs, outputs]; p = 1.
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
    if (block?.length !== shape[0] * shape[1]) throw new Error(`A bad optimum has no ${name} of this shape.`);
    flat.set(block, offset);
  }
  return tf.tensor1d(flat);
}

/** The columns, one after another. */
function transposed(matrix: readonly (readonly number[])[]): number[] {
  return (matrix[0] ?? []).flatMap((_, column) => matrix.map((row) => row[column] ?? NaN));
}
