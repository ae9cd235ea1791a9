import assert from 'node:assert/strict';
import type { Tensor } from '@tensorflow/tfjs-node';
import { compileLoopToC } from '../../../src/compiler/c/compile.js';
import type { LoopBody, LoopShapes } from '../../../src/compiler/loop.js';
import { tf } from '../../../src/compiler/native/tensorflow.js';

/** Returns what a function of tensors gives by the C engine and by TensorFlow. */
export function both(
  fn: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
): { c: Float32Array; eager: Float32Array } {
  const expected = tf.tidy(() => fn(inputs));
  return { c: byC(fn, inputs, expected), eager: expected.dataSync<'float32'>() };
}

/**
 * Returns what a function of tensors gives by the C engine alone, for a function that TensorFlow refuses.
 * @param like a tensor with the type and shape of the function's value
 */
export function byC(
  fn: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  like: Tensor,
): Float32Array {
  const shapeOf = ({ dtype, shape }: Tensor) => ({ dtype, shape });
  const shapes: LoopShapes = { inputs: inputs.map(shapeOf), state: [shapeOf(like)] };
  const { state } = compileLoopToC(applying(fn), shapes, 1).run([tf.zerosLike(like)], inputs, 1, 1);
  return state[0]?.dataSync<'float32'>() ?? new Float32Array();
}

/** A loop whose step replaces its one state tensor by `fn` of the inputs. */
function applying(fn: (inputs: readonly Tensor[]) => Tensor): LoopBody {
  return {
    keys: () => [],
    draw: () => [],
    step: (_state, inputs) => ({ state: [fn(inputs)], metrics: tf.zeros([1]) }),
  };
}

/** Asserts that numbers are equal, also NaN and infinities, or differ by no more than a part of the larger of 1 and the number. */
export function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index] ?? NaN;
    const isClose =
      Object.is(value, wanted) || Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
    assert.ok(
      isClose || value === wanted,
      `element ${String(index)}: ${String(value)}, not ${String(wanted)}`,
    );
  });
}
