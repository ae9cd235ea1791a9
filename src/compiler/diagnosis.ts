import type { Tensor, Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import type { Diagnosis } from './diagnosis-report.js';
import { compileLoopToC } from './c/compile.js';
import { eagerLoop, type Loop, type LoopBody } from './loop.js';
import { loadedTensorFlowVersion } from './native/backend.js';
import { tf } from './native/tensorflow.js';
import { normal } from './random/distributions.js';
import { foldIn, key, split } from './random/keys.js';

const STEPS = 20;
const EXAMPLES = 16;
const DIMENSIONS = 8;
/** `jax.random.split(jax.random.PRNGKey(0))`, as unsigned words. */
const JAX_SPLIT_OF_KEY_0 = [4146024105, 967050713, 2718843009, 1272950319];

/** Gradient descent on the mean squared norm of sigmoid(points weights), with fresh random points in each step. */
const BODY: LoopBody = {
  keys: ([parent], steps) => [foldIn(parent as Tensor1D, steps)],
  draw: ([keys]) => [normal(keys as Tensor2D, [EXAMPLES * DIMENSIONS])],
  step: ([weights], _inputs, [drawn]) => {
    const points = tf.reshape(drawn as Tensor, [EXAMPLES, DIMENSIONS]);
    const loss = (own: Tensor) =>
      tf.div(tf.sum(tf.square(tf.sigmoid(tf.matMul(points, own)))), EXAMPLES).asScalar();
    const { value, grad } = tf.valueAndGrad(loss)(weights as Tensor);
    return { state: [tf.sub(weights as Tensor, tf.mul(grad, 0.1))], metrics: tf.reshape(value, [1]) };
  },
};

/** Draws random numbers, and runs a few steps with the C engine and with the eager engine. @param now returns milliseconds */
export function diagnose(now: () => number): Diagnosis {
  const state = [tf.ones([DIMENSIONS, DIMENSIONS])];
  const inputs = [key(0)];
  const losses = (loop: Loop) => loop.run(state, inputs, 1, STEPS).metrics;
  const shapesOf = (tensors: readonly Tensor[], dtype: 'float32' | 'int32') =>
    tensors.map(({ shape }) => ({ dtype, shape }));
  const shapes = { state: shapesOf(state, 'float32'), inputs: shapesOf(inputs, 'int32') };
  const start = now();
  const compiled = compileLoopToC(BODY, shapes, STEPS);
  const measured = losses(compiled);
  const compileMs = now() - start;
  losses(compiled);
  const runMs = now() - start - compileMs;
  return {
    tensorflow: loadedTensorFlowVersion(),
    tfjsNode: tf.version['tfjs-node'],
    hasRandomNumbers: matchesJax(),
    engineDifference: largestDifference(measured, losses(eagerLoop(BODY, STEPS))),
    compileMs,
    runMs,
  };
}

function matchesJax(): boolean {
  const words = split(key(0)).flatMap((half) => [...half.dataSync()].map((word) => word >>> 0));
  return words.join() === JAX_SPLIT_OF_KEY_0.join();
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  return one.reduce((largest, value, index) => {
    const expected = other[index] ?? NaN;
    return Math.max(largest, Math.abs(value - expected) / Math.max(1, Math.abs(expected)));
  }, 0);
}
