import type { Scalar, Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from '../../../compiler/native/tensorflow.js';

const BETA1 = 0.9;
const BETA2 = 0.999;
/** The value in the paper's code. The Adam of tfjs uses 1e-7. */
const EPSILON = 1e-8;

export interface AdamState {
  readonly parameters: Tensor1D;
  /** First and second moments of the gradient, initially zero. */
  readonly firstMoment: Tensor1D;
  readonly secondMoment: Tensor1D;
}

/**
 * Performs one update of Adam (Kingma and Ba 2015, Algorithm 1): m = b1 m + (1-b1) g, v = b2 v + (1-b2) g^2,
 * parameters -= rate * (m / (1 - b1^t)) / (sqrt(v / (1 - b2^t)) + epsilon).
 * @param step t, a float32 scalar that is 1 in the first update
 */
export function adamUpdate(
  state: AdamState,
  gradient: Tensor1D,
  learningRate: Scalar,
  step: Scalar,
): AdamState {
  const firstMoment: Tensor1D = tf.add(tf.mul(state.firstMoment, BETA1), tf.mul(gradient, 1 - BETA1));
  const secondMoment: Tensor1D = tf.add(
    tf.mul(state.secondMoment, BETA2),
    tf.mul(tf.square(gradient), 1 - BETA2),
  );
  const firstScale = tf.div(learningRate, tf.sub(1, tf.pow(tf.scalar(BETA1), step)));
  const secondScale = tf.div(1, tf.sub(1, tf.pow(tf.scalar(BETA2), step)));
  const denominator = tf.add(tf.sqrt(tf.mul(secondMoment, secondScale)), EPSILON);
  const parameters: Tensor1D = tf.sub(state.parameters, tf.div(tf.mul(firstMoment, firstScale), denominator));
  return { parameters, firstMoment, secondMoment };
}
