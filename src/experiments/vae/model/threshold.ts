import type { Scalar, Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { TensorShape } from '../../../compiler/record.js';
import type { TrainingSettings } from '../settings/task.js';

const SCALAR: TensorShape = { dtype: 'float32', shape: [] };

/** The lower bound of log eps^2 as a function of the step alone, so that a task can stop and resume anywhere. */
export interface ThresholdSchedule {
  /** Shapes of the inputs of a compiled step from which the bound is computed. */
  readonly shapes: readonly TensorShape[];
  /** Returns these inputs for one task. The caller disposes them. */
  inputs(settings: ThresholdSettings): Scalar[];
  /** Returns the bound after some steps, a scalar. @param done the number of steps that are done, a float32 scalar; the first step has 0 */
  at(inputs: readonly Tensor[], done: () => Scalar): Scalar;
}

type ThresholdSettings = Pick<
  TrainingSettings,
  'decoderLogVarianceThreshold' | 'finalDecoderLogVarianceThreshold' | 'steps'
>;

/** The same bound at every step; -Infinity for none. */
const constant: ThresholdSchedule = {
  shapes: [SCALAR],
  inputs: (settings) => [tf.scalar(startOf(settings))],
  at: ([bound]) => bound as Scalar,
};

/**
 * The bound start + (final - start) * t / T after t of T steps. It is computed as start * (1 - t / T) + final * (t / T), which is exact
 * in both ends.
 */
const annealed: ThresholdSchedule = {
  shapes: [SCALAR, SCALAR, SCALAR],
  inputs: (settings) =>
    [startOf(settings), settings.finalDecoderLogVarianceThreshold ?? NaN, settings.steps].map((value) =>
      tf.scalar(value),
    ),
  at: (inputs, done) => {
    const [start, final, steps] = inputs as [Scalar, Scalar, Scalar];
    const fraction = tf.div<Scalar>(done(), steps);
    return tf.add(tf.mul(start, tf.sub(1, fraction)), tf.mul(final, fraction));
  },
};

function startOf({ decoderLogVarianceThreshold }: ThresholdSettings): number {
  return decoderLogVarianceThreshold ?? -Infinity;
}

/** Returns the schedule that the settings select. */
export function thresholdSchedule({
  finalDecoderLogVarianceThreshold,
}: Pick<ThresholdSettings, 'finalDecoderLogVarianceThreshold'>): ThresholdSchedule {
  return finalDecoderLogVarianceThreshold === undefined ? constant : annealed;
}

/** Returns the bound of a task after `done` steps. The caller disposes it. */
export function thresholdAfter(settings: ThresholdSettings, done: number): Scalar {
  return tf.tidy(() => {
    const schedule = thresholdSchedule(settings);
    return schedule.at(schedule.inputs(settings), () => tf.scalar(done));
  });
}
