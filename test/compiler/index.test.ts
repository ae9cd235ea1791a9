import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Tensor, Tensor1D, Tensor4D } from '@tensorflow/tfjs-node';
import {
  compile,
  compileFunction,
  foldIn,
  key,
  normal,
  tf,
  type CompileOptions,
  type Engine,
  type Key,
  type Step,
} from '../../src/compiler/index.js';

describe('the compiler', () => {
  const step = ([x]: readonly Tensor[]) => {
    const next = tf.sub(x ?? tf.scalar(0), tf.mul(x ?? tf.scalar(0), 0.25));
    return { state: [next], metrics: tf.sum(tf.square(next)).as1D() };
  };

  for (const engine of ['c', 'xla'] as const)
    it(`agrees with the eager engine: ${engine}`, () => {
      const start = normal(key(3), [5]);
      const runWith = (name: Engine) =>
        compile(step, { state: [start], maxSteps: 20, engine: name }).run([start], [], 1, 20);
      const [compiled, eager] = [runWith(engine), runWith('eager')];
      const difference = tf.max(tf.abs(tf.sub(compiled.state[0] ?? start, eager.state[0] ?? start)));
      assert.ok((difference.dataSync()[0] ?? 1) < 1e-6);
      assert.equal(compiled.metrics.length, 20);
    });

  it('draws the same numbers for a step, however the steps are split into calls', () => {
    const walk = {
      keys: ([seed]: readonly Tensor[], steps: Tensor1D) => [foldIn(seed as Key, steps)],
      draw: ([keys]: readonly Tensor[]) => [normal(keys as Key, [3])],
      step: ([x]: readonly Tensor[], _inputs: unknown, [noise]: readonly Tensor[]) => ({
        state: [tf.add(x ?? 0, noise ?? 0)],
        metrics: tf.tensor1d([0]),
      }),
    };
    const seed = key(7);
    const loop = compile(walk, { state: [tf.zeros([3])], inputs: [seed], maxSteps: 10 });
    const whole = loop.run([tf.zeros([3])], [seed], 1, 10).state;
    const half = loop.run([tf.zeros([3])], [seed], 1, 4).state;
    const rest = loop.run(half, [seed], 5, 6).state;
    assert.deepEqual(rest[0]?.dataSync(), whole[0]?.dataSync());
  });

  it('compiles a function with several outputs', () => {
    const both = compileFunction(
      (x, y) => [tf.add(x, y), tf.matMul(x, y, false, true)],
      [tf.zeros([2, 3]), { dtype: 'float32', shape: [2, 3] }],
    );
    const [sum, product] = both(tf.ones([2, 3]), tf.fill([2, 3], 2));
    assert.deepEqual(Array.from(sum?.dataSync() ?? []), [3, 3, 3, 3, 3, 3]);
    assert.deepEqual(product?.arraySync(), [
      [6, 6],
      [6, 6],
    ]);
  });

  it('names an operation that an engine does not support', () => {
    const normalize = (x: Tensor) => [tf.localResponseNormalization(x as Tensor4D)];
    const compiled = () => compileFunction(normalize, [tf.zeros([1, 2, 2, 1])], 'c');
    assert.throws(compiled, {
      name: 'UnsupportedError',
      message: 'The C engine does not support the TensorFlow operation LRN. Use the engine xla.',
    });
  });

  it('rejects a step that reads tensor values', () => {
    const reads = ([x]: readonly Tensor[]) => ({
      state: [tf.scalar(x?.dataSync()[0] ?? 0)],
      metrics: tf.tensor1d([0]),
    });
    assert.throws(() => compile(reads, { state: [tf.scalar(1)] }), /reads the values of a tensor/);
  });

  it('rejects invalid arguments before it records anything', () => {
    const shape = { dtype: 'float32', shape: [2] } as const;
    const invalid: [string, unknown, object, RegExp][] = [
      [
        'an engine',
        step,
        { state: [shape], engine: 'compiled' },
        /^Expected `engine` to be one of auto, c, xla, eager, got compiled\.$/,
      ],
      [
        'maxSteps',
        step,
        { state: [shape], maxSteps: 0 },
        /^Expected `maxSteps` to be a whole number of at least 1, got 0\.$/,
      ],
      [
        'a step',
        { draw: () => [] },
        { state: [shape] },
        /^Expected `step` to be a function .*keys is missing\.$/,
      ],
      ['a state', step, { state: 3 }, /^Expected `state` to be an array of tensors/],
      [
        'an example',
        step,
        { state: [{ dtype: 'string', shape: [1] }] },
        /^Expected `state\[0\]` to be a tensor or /,
      ],
      ['inputs', step, { state: [shape], inputs: [null] }, /^Expected `inputs\[0\]` to be a tensor or /],
    ];
    for (const [name, step, options, message] of invalid)
      assert.throws(() => compile(step as Step, options as CompileOptions), { message }, name);
  });
});
