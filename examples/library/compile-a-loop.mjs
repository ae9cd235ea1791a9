/**
 * Uses the compiler on its own: a step of gradient descent on a least-squares problem is written in tfjs operations, compiled once,
 * and executed 100,000 times.
 *
 *   node examples/library/compile-a-loop.mjs
 */
import { compile, compileFunction, key, normal, tf } from 'vae-sweep/compiler';

const points = normal(key(0), [64, 8]);
const truth = normal(key(1), [8, 1]);
const targets = tf.matMul(points, truth);

const loss = (weights) => tf.div(tf.sum(tf.square(tf.sub(tf.matMul(points, weights), targets))), 64);
const step = ([weights], [rate]) => {
  const { value, grad } = tf.valueAndGrad(loss)(weights);
  return { state: [tf.sub(weights, tf.mul(rate, grad))], metrics: tf.reshape(value, [1]) };
};

const loop = compile(step, { state: [truth], inputs: [tf.scalar(0)], engine: 'c' });
let state = [tf.zeros([8, 1])];
const rate = tf.scalar(0.05);
for (let first = 1; first <= 100_000; first += loop.maxSteps) {
  const result = loop.run(state, [rate], first, loop.maxSteps);
  tf.dispose(state);
  state = result.state;
  if (first === 1)
    console.log(
      `loss before: ${result.metrics[0].toFixed(4)}, after ${loop.maxSteps} steps: ${result.metrics.at(-1).toExponential(1)}`,
    );
}
console.log(
  `largest error of a weight: ${tf
    .max(tf.abs(tf.sub(state[0], truth)))
    .dataSync()[0]
    .toExponential(1)}`,
);

// The compiler accepts any function of tensors, not only loops.
const softplus = compileFunction((x) => [tf.log(tf.add(1, tf.exp(x)))], [tf.zeros([4])]);
console.log(
  `softplus: ${[...softplus(tf.tensor1d([-1, 0, 1, 2]))[0].dataSync()].map((y) => y.toFixed(4)).join(' ')}`,
);
