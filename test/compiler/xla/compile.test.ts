import '../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor1D } from '@tensorflow/tfjs-node';
import { BLOCK_STEPS, compileLoop } from '../../../src/compiler/xla/compile.js';
import { recordLoop, type RecordedLoop } from '../../../src/compiler/recorded-loop.js';
import { eagerLoop, type LoopBody, type LoopShapes } from '../../../src/compiler/loop.js';
import { tf } from '../../../src/compiler/native/tensorflow.js';

const vector = { dtype: 'float32', shape: [3] } as const;
const shapes: LoopShapes = { state: [vector], inputs: [{ dtype: 'float32', shape: [] }] };
/** x <- x * rate + drawn, where drawn is (1, 2, 3) times the step number. Logs the sum of the new x, and the step number. */
const body: LoopBody = {
  keys: (_inputs, steps) => [steps],
  draw: ([numbers = tf.zeros([0])]) => [tf.outerProduct(numbers.as1D().toFloat(), tf.tensor1d([1, 2, 3]))],
  step: ([x], [rate], [row], step) => {
    if (x === undefined || rate === undefined || row === undefined) throw new Error('no arguments');
    const next: Tensor1D = tf.add(tf.mul(x, rate), row);
    return { state: [next], metrics: tf.stack([tf.sum(next), step.toFloat()]) as Tensor1D };
  },
};

describe('a compiled loop', () => {
  it('agrees with the eager loop in calls of any length', () => {
    const state = [tf.tensor1d([1, 2, 3])];
    const inputs = [tf.scalar(0.5)];
    const eager = eagerLoop(body, 20).run(state, inputs, 1, 10);
    const loop = compileLoop(body, shapes, 20);
    const first = loop.run(state, inputs, 1, 3);
    const rest = loop.run(first.state, inputs, 4, 7);
    assert.deepEqual([...first.metrics, ...rest.metrics], [...eager.metrics]);
    assert.deepEqual(rest.state[0]?.arraySync(), eager.state[0]?.arraySync());
    loop.dispose();
  });

  it('gives the same results for calls that end inside, at the end of and after a block of draws', () => {
    const state = [tf.tensor1d([1, 2, 3])];
    const inputs = [tf.scalar(0.5)];
    const steps = 2 * BLOCK_STEPS + 7;
    const eager = eagerLoop(body, steps).run(state, inputs, 1, steps);
    const loop = compileLoop(body, shapes, steps);
    assert.deepEqual([...loop.run(state, inputs, 1, steps).metrics], [...eager.metrics]);
    for (const count of [BLOCK_STEPS - 1, BLOCK_STEPS, BLOCK_STEPS + 1]) {
      const first = loop.run(state, inputs, 1, count);
      const rest = loop.run(first.state, inputs, 1 + count, steps - count);
      assert.deepEqual([...first.metrics, ...rest.metrics], [...eager.metrics]);
    }
    loop.dispose();
  });

  it('rejects draws without one row per step', () => {
    const single: LoopBody = { ...body, draw: () => [tf.zeros([3])] };
    assert.throws(() => compileLoop(single, shapes, 5), {
      message:
        'Expected `draw` to return tensors with one row per step: for 5 steps it returned a tensor of shape [3].',
    });
  });

  it('leaks no tensors', () => {
    const state = [tf.tensor1d([1, 2, 3])];
    const inputs = [tf.scalar(0.5)];
    const loop = compileLoop(body, shapes, 5);
    tf.dispose(loop.run(state, inputs, 1, 5).state);
    const before = tf.memory().numTensors;
    for (let call = 0; call < 10; call++) tf.dispose(loop.run(state, inputs, 1, 5).state);
    assert.equal(tf.memory().numTensors, before);
    loop.dispose();
  });

  it('rejects a step that reads tensor values, which would become constants', () => {
    const reading: LoopBody = {
      ...body,
      step: ([x], inputs, drawn, step) => {
        if (x === undefined) throw new Error('no state');
        return body.step([tf.tensor1d([...tf.mul(x, 2).dataSync()])], inputs, drawn, step);
      },
    };
    assert.throws(
      () => recordLoop(reading, shapes, 5, 5),
      /reads the values of a tensor that depends on its inputs/,
    );
  });

  it('rejects a step that changes the shape of its state', () => {
    const growing: LoopBody = {
      ...body,
      step: ([x], inputs, drawn, step) => {
        if (x === undefined) throw new Error('no state');
        const { metrics } = body.step([x], inputs, drawn, step);
        return { state: [tf.concat([x, x])], metrics };
      },
    };
    assert.throws(() => compileLoop(growing, shapes, 5), {
      message:
        'Expected `step` to keep the types and shapes of its state: it received float32[3] and returned float32[6].',
    });
  });

  it('names an operation that it does not support', () => {
    const unknown: LoopBody = {
      ...body,
      step: (...step) => {
        const result = body.step(...step);
        return { state: result.state, metrics: tf.atanh(tf.mul(result.metrics, 0)) };
      },
    };
    assert.throws(() => compileLoop(unknown, shapes, 5), /does not support the TensorFlow operation Atanh\./);
  });

  it('rejects more steps than it was compiled for', () => {
    const loop = compileLoop(body, shapes, 5);
    assert.throws(() => loop.run([tf.zeros([3])], [tf.scalar(1)], 1, 6), {
      message: 'Expected `count` to be a whole number from 1 to 5, got 6.',
    });
    loop.dispose();
  });

  it('keeps only the operations that its outputs need', () => {
    const wasteful: LoopBody = {
      keys: (inputs, steps) => {
        tf.exp(tf.exp(steps.toFloat()));
        return body.keys(inputs, steps);
      },
      draw: (keys) => {
        keys.map((key) => tf.exp(key.toFloat()));
        return body.draw(keys);
      },
      step: (state, inputs, drawn, step) => {
        tf.exp(tf.exp(step.toFloat()));
        return body.step(state, inputs, drawn, step);
      },
    };
    const count = ({ keys, draw, step }: RecordedLoop) => [keys, draw, step].map(({ nodes }) => nodes.length);
    assert.deepEqual(count(recordLoop(wasteful, shapes, 5, 5)), count(recordLoop(body, shapes, 5, 5)));
  });
});
