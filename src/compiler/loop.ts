import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from './native/tensorflow.js';
import type { TensorShape } from './record.js';

/** What a loop does, in ordinary tfjs operations: pure functions of tensors. What no state decides is made for many steps at once. */
export interface LoopBody {
  /**
   * What the draws of steps start from: small, and made for all steps of a call.
   * @param steps numbers of the steps, int32, [n]
   * @returns tensors of shape [n, ...]; row i is that of step `steps[i]`, whatever the other steps are
   */
  keys(inputs: readonly Tensor[], steps: Tensor1D): readonly Tensor[];
  /**
   * What steps need, as random numbers, made for a block of steps, which costs less than one by one.
   * @param keys rows of what `keys` gives, [n, ...]
   * @returns tensors of shape [n, ...], one row per step
   */
  draw(keys: readonly Tensor[]): readonly Tensor[];
  /**
   * One step.
   * @param state what the step changes
   * @param inputs what stays the same for all steps of a call
   * @param drawn the step's row of each tensor that `draw` gives
   * @param step number of the step, int32 scalar
   * @returns the new state, of the same shapes, and what is logged of the step, float32 of shape [metrics]
   */
  step(
    state: readonly Tensor[],
    inputs: readonly Tensor[],
    drawn: readonly Tensor[],
    step: Scalar,
  ): { readonly state: readonly Tensor[]; readonly metrics: Tensor1D };
}

export interface LoopShapes {
  readonly state: readonly TensorShape[];
  readonly inputs: readonly TensorShape[];
}

export interface LoopResult {
  /** New tensors; the caller disposes them. */
  readonly state: Tensor[];
  /** One row per step, row-major, [count, metrics]. */
  readonly metrics: Float32Array;
}

/** A loop that can be run: the eager one is the reference of the compiled one. */
export interface Loop {
  /** Steps of one call, at most. */
  readonly maxSteps: number;
  /** Steps that are drawn for at once: calls of whole blocks draw nothing in vain. */
  readonly blockSteps: number;
  /** Runs steps `firstStep` to `firstStep + count - 1`. Keeps the tensors that it is given. */
  run(state: readonly Tensor[], inputs: readonly Tensor[], firstStep: number, count: number): LoopResult;
  dispose(): void;
}

/** Calls the body step by step. */
export function eagerLoop(body: LoopBody, maxSteps: number): Loop {
  return {
    maxSteps,
    blockSteps: 1,
    run(state, inputs, firstStep, count) {
      checkCount(count, maxSteps);
      const rows: Float32Array[] = [];
      let current: readonly Tensor[] = state;
      for (let step = firstStep; step < firstStep + count; step++) {
        const next = tf.tidy(() => {
          const drawn = body.draw(body.keys(inputs, tf.tensor1d([step], 'int32'))).map(firstRow);
          const result = body.step(current, inputs, drawn, tf.scalar(step, 'int32'));
          rows.push(result.metrics.dataSync<'float32'>().slice());
          return [...result.state];
        });
        if (current !== state) tf.dispose([...current]);
        current = next;
      }
      return { state: [...current], metrics: concatenate(rows) };
    },
    dispose: () => undefined,
  };
}

function firstRow(rows: Tensor): Tensor {
  return tf.reshape(rows, rows.shape.slice(1));
}

export function checkCount(count: number, maxSteps: number): void {
  if (!Number.isInteger(count) || count < 1 || count > maxSteps) {
    throw new RangeError(`Expected count to be a whole number from 1 to ${maxSteps}, got ${count}.`);
  }
}

function concatenate(rows: readonly Float32Array[]): Float32Array {
  const width = rows[0]?.length ?? 0;
  const all = new Float32Array(rows.length * width);
  rows.forEach((row, index) => {
    all.set(row, index * width);
  });
  return all;
}
