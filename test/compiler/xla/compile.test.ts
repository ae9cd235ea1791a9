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
/** x <- x * rate + what is drawn for the step, (1, 2, 3) times its number; logs the sum of the new x and the step. */
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
  it('gives what the eager loop gives, in calls of any length', () => {
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

  it('draws for blocks of steps: calls that end within, at and after one give the same', () => {
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

  it('refuses a draw that has no row a step', () => {
    const single: LoopBody = { ...body, draw: () => [tf.zeros([3])] };
    assert.throws(() => compileLoop(single, shapes, 5), {
      message: "What a loop's `draw` makes has a row a step: for 5 steps it made a tensor of shape [3].",
    });
  });

  it('leaves no tensors behind', () => {
    const state = [tf.tensor1d([1, 2, 3])];
    const inputs = [tf.scalar(0.5)];
    const loop = compileLoop(body, shapes, 5);
    tf.dispose(loop.run(state, inputs, 1, 5).state);
    const before = tf.memory().numTensors;
    for (let call = 0; call < 10; call++) tf.dispose(loop.run(state, inputs, 1, 5).state);
    assert.equal(tf.memory().numTensors, before);
    loop.dispose();
  });

  it('refuses a step that reads values: they would be frozen', () => {
    const reading: LoopBody = {
      ...body,
      step: ([x], inputs, drawn, step) => {
        if (x === undefined) throw new Error('no state');
        return body.step([tf.tensor1d([...tf.mul(x, 2).dataSync()])], inputs, drawn, step);
      },
    };
    assert.throws(
      () => recordLoop(reading, shapes, 5, 5),
      /read the values of a tensor that depends on its inputs/,
    );
  });

  it('refuses a step that changes the shape of its state', () => {
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
        "A loop's step must keep the shapes of its state: it was given float32[3] and returned float32[6].",
    });
  });

  it('refuses an operation that it does not know by name', () => {
    const unknown: LoopBody = {
      ...body,
      step: (...step) => {
        const result = body.step(...step);
        return { state: result.state, metrics: tf.atanh(tf.mul(result.metrics, 0)) };
      },
    };
    assert.throws(() => compileLoop(unknown, shapes, 5), /does not know TensorFlow's operation Atanh/);
  });

  it('refuses more steps than it was compiled for', () => {
    const loop = compileLoop(body, shapes, 5);
    assert.throws(() => loop.run([tf.zeros([3])], [tf.scalar(1)], 1, 6), {
      message: 'Expected count to be a whole number from 1 to 5, got 6.',
    });
    loop.dispose();
  });

  it('keeps only operations that its outputs need', () => {
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
