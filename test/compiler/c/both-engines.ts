import assert from 'node:assert/strict';
import type { Tensor } from '@tensorflow/tfjs-node';
import { compileLoopToC } from '../../../src/compiler/c/compile.js';
import type { LoopBody, LoopShapes } from '../../../src/compiler/loop.js';
import { tf } from '../../../src/compiler/native/tensorflow.js';

/** Evaluates a function of tensors with the C engine and with TensorFlow. */
export function evaluateWithBoth(
  fn: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
): { c: Float32Array; eager: Float32Array } {
  const expected = tf.tidy(() => fn(inputs));
  return { c: evaluateInC(fn, inputs, expected), eager: expected.dataSync<'float32'>() };
}

/**
 * Evaluates a function of tensors with the C engine only, for a function that TensorFlow rejects.
 * @param like a tensor with the type and shape of the function's result
 */
export function evaluateInC(
  fn: (inputs: readonly Tensor[]) => Tensor,
  inputs: readonly Tensor[],
  like: Tensor,
): Float32Array {
  const shapeOf = ({ dtype, shape }: Tensor) => ({ dtype, shape });
  const shapes: LoopShapes = { inputs: inputs.map(shapeOf), state: [shapeOf(like)] };
  const { state } = compileLoopToC(applying(fn), shapes, 1).run([tf.zerosLike(like)], inputs, 1, 1);
  return state[0]?.dataSync<'float32'>() ?? new Float32Array();
}

/** Returns a loop whose step replaces its only state tensor with `fn` of the inputs. */
function applying(fn: (inputs: readonly Tensor[]) => Tensor): LoopBody {
  return {
    keys: () => [],
    draw: () => [],
    step: (_state, inputs) => ({ state: [fn(inputs)], metrics: tf.zeros([1]) }),
  };
}

/** Asserts that numbers are equal (including NaN and infinities) or differ by at most `tolerance` times the larger of 1 and the number. */
export function assertClose(actual: Float32Array, expected: Float32Array, tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, index) => {
    const wanted = expected[index] ?? NaN;
    const isClose =
      Object.is(value, wanted) || Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted));
    assert.ok(
      isClose || value === wanted,
      `element ${String(index)}: expected ${String(wanted)}, got ${String(value)}`,
    );
  });
}
