import type { Scalar, Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import type { LoopBody } from '../../../compiler/loop.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { normal } from '../../../compiler/random/distributions.js';
import type { Keys } from '../../../compiler/random/keys.js';
import type { TensorShape } from '../../../compiler/record.js';
import { adamUpdate } from '../model/adam.js';
import { stepMetrics, type LossTerms } from '../metrics/step-metrics.js';
import { losses } from '../model/loss.js';
import type { Model } from '../model/model.js';
import type { ThresholdSchedule } from '../model/threshold.js';
import { flatten, parameterLayout, parametersOf, unflatten } from '../model/parameters.js';
import type { RandomStreams } from './random-streams/streams.js';

const SCALAR = { dtype: 'float32', shape: [] } as const;

/** Returns the shapes of a step's inputs: learning rate, inputs of the threshold and of the keys, and parameters of the data. */
export function inputShapes(
  { dataset, settings }: Model,
  streams: RandomStreams,
  threshold: ThresholdSchedule,
): TensorShape[] {
  const dataParameters = dataset
    .parameterShapes(settings)
    .map((shape) => ({ dtype: 'float32', shape }) as const);
  return [SCALAR, ...threshold.shapes, ...streams.steps.inputs, ...dataParameters];
}

/**
 * Returns the training step as pure functions. Batch and noise of a step are drawn from (key, step), and Adam updates all parameters.
 * The metrics are computed for the batch with the parameters before the update.
 */
export function trainingStep(model: Model, streams: RandomStreams, schedule: ThresholdSchedule): LoopBody {
  const layout = parameterLayout(model);
  const { inputs: keyInputs, keys, counts, arrange } = streams.steps;
  const firstKey = FIRST_THRESHOLD_INPUT + schedule.shapes.length;
  const firstDataParameter = firstKey + keyInputs.length;
  return {
    keys: (inputs, steps) => keys(inputs.slice(firstKey, firstDataParameter), steps),
    draw: (keys) => drawRows(keys, counts),
    step: (state, inputs, drawn, step) => {
      const [parameters, firstMoment, secondMoment] = state as [Tensor1D, Tensor1D, Tensor1D];
      const learningRate = inputs[0] as Scalar;
      const threshold = schedule.at(inputs.slice(FIRST_THRESHOLD_INPUT, firstKey), () =>
        tf.sub(step.toFloat(), 1),
      );
      const dataParameters = inputs.slice(firstDataParameter) as Tensor2D[];
      const { source, latent, decoder } = arrange(drawn);
      const points = model.points(dataParameters, source);
      const { gradient, terms } = differentiate(unflatten(parameters, layout), (blocks) =>
        losses(model, parametersOf(model, blocks), points, { latent, decoder }, threshold),
      );
      const metrics = tf.stack(stepMetrics.map(({ value }) => value(terms, tf))) as Tensor1D;
      tf.dispose(Object.values(terms));
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

/** Index of the first input from which the threshold is computed. */
const FIRST_THRESHOLD_INPUT = 1;

/** Draws one flat row per step with each of `keys`, [n, 2]. Rows are flat because XLA only vectorizes the last dimension. */
export function drawRows(keys: readonly Tensor[], counts: readonly number[]): Tensor[] {
  return keys.map((key, index) => normal(key as Keys, [counts[index] ?? 0]));
}

/** Returns the terms of the loss, which tfjs does not dispose, and the gradient of the loss for all blocks as one flat vector. */
function differentiate(
  blocks: Tensor2D[],
  evaluate: (blocks: Tensor2D[]) => LossTerms,
): { gradient: Tensor1D; terms: LossTerms } {
  let terms: LossTerms | undefined;
  const gradients = tf.grads((...variables: Tensor[]) => {
    terms = evaluate(variables as Tensor2D[]);
    Object.values(terms).forEach((term: Tensor) => tf.keep(term));
    return terms.loss;
  })(blocks);
  if (terms === undefined) throw new Error('The loss was not evaluated.');
  return { gradient: flatten(gradients), terms };
}
