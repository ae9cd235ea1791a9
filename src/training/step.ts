import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import type { LoopBody, LoopShapes } from '../graph/loop.js';
import { tf } from '../native/tensorflow.js';
import { normal } from '../random/distributions.js';
import { dataKey, modelKey } from '../random/key-tree.js';
import { foldIn, type Keys } from '../random/keys.js';
import { adamUpdate } from '../vae/adam.js';
import { losses, type Losses } from '../vae/loss.js';
import type { Model } from '../vae/model.js';
import { flatten, parameterCount, parameterLayout, parametersOf, unflatten } from '../vae/parameters.js';

/** What a step logs, in this order. */
export const STEP_METRICS = ['loss', 'reconstruction', 'kl', 'squaredError', 'decoderLogVariance'] as const;

/** What differs between runs of one shape, so that they share a compiled program. */
export interface RunInputs {
  readonly seed: number;
  readonly modelSeed: number;
  readonly learningRate: number;
  /** Lower bound of log eps^2, or null. */
  readonly decoderLogVarianceThreshold: number | null;
}

const SCALAR = { dtype: 'float32', shape: [] } as const;
const KEY = { dtype: 'int32', shape: [2] } as const;

/** State: parameters and Adam's two moments, each one flat vector. Inputs: as `runInputTensors` gives them. */
export function stepShapes(model: Model): LoopShapes {
  const vector = { dtype: 'float32', shape: [parameterCount(parameterLayout(model))] } as const;
  const dataParameters = model.dataset
    .parameterShapes(model.settings)
    .map((shape) => ({ dtype: 'float32', shape }) as const);
  return { state: [vector, vector, vector], inputs: [SCALAR, SCALAR, KEY, KEY, KEY, ...dataParameters] };
}

/** Learning rate, threshold, the keys of batch, latent noise and decoder noise, the data's parameters. */
export function runInputTensors(run: RunInputs, dataParameters: readonly Tensor2D[]): Tensor[] {
  return tf.tidy(() => [
    tf.scalar(run.learningRate),
    tf.scalar(run.decoderLogVarianceThreshold ?? -Infinity),
    dataKey(run.seed, 'trainingPoints'),
    modelKey(run.modelSeed, 'latentNoise'),
    modelKey(run.modelSeed, 'decoderNoise'),
    ...dataParameters,
  ]);
}

/**
 * The training step as pure functions. A step's batch and noise are drawn from (key, step); all parameters are updated by Adam.
 * The metrics are those of the batch at the parameters before the update.
 */
export function trainingStep(model: Model, batchSize: number): LoopBody {
  const layout = parameterLayout(model);
  const { settings, dataset } = model;
  return {
    keys: (inputs, steps) => {
      const [, , batchKey, latentKey, decoderKey] = inputs as StepInputs;
      const keys = settings.decoderNoise ? [batchKey, latentKey, decoderKey] : [batchKey, latentKey];
      return keys.map((key) => foldIn(key, steps));
    },
    // One flat row a step: XLA vectorizes the last dimension only.
    draw: (keys) => {
      const widths = [dataset.sourceDim(settings), settings.latentDim, settings.ambientDim];
      return keys.map((key, index) => normal(key as Keys, [batchSize * (widths[index] ?? 0)]));
    },
    step: (state, inputs, drawn, step) => {
      const [parameters, firstMoment, secondMoment] = state as [Tensor1D, Tensor1D, Tensor1D];
      const [learningRate, threshold, , , , ...dataParameters] = inputs as StepInputs;
      const [source, latent, decoder = null] = drawn.map((row) => tf.reshape(row, [batchSize, -1])) as [
        Tensor2D,
        Tensor2D,
        Tensor2D?,
      ];
      const points = dataset.points(dataParameters, source, settings);
      const { gradient, values } = differentiate(unflatten(parameters, layout), (blocks) =>
        losses(model, parametersOf(model, blocks), points, { latent, decoder }, threshold),
      );
      const metrics = tf.stack(STEP_METRICS.map((name) => values[name])) as Tensor1D;
      tf.dispose(Object.values(values));
      const next = adamUpdate(
        { parameters, firstMoment, secondMoment },
        gradient,
        learningRate,
        step.toFloat(),
      );
      return { state: [next.parameters, next.firstMoment, next.secondMoment], metrics };
    },
  };
}

type StepInputs = [Scalar, Scalar, Tensor1D, Tensor1D, Tensor1D, ...Tensor2D[]];

/** The loss at the blocks, kept from tfjs's clean-up, and its gradient by all of them as one flat vector. */
function differentiate(
  blocks: Tensor2D[],
  evaluate: (blocks: Tensor2D[]) => Losses,
): { gradient: Tensor1D; values: Losses } {
  let values: Losses | undefined;
  const gradients = tf.grads((...variables: Tensor[]) => {
    values = evaluate(variables as Tensor2D[]);
    Object.values(values).forEach((value: Scalar) => tf.keep(value));
    return values.loss;
  })(blocks);
  if (values === undefined) throw new Error('The loss was not evaluated.');
  return { gradient: flatten(gradients), values };
}
