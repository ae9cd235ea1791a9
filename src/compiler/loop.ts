import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { tf } from './native/tensorflow.js';
import type { TensorShape } from './record.js';

/**
 * The body of a loop: pure functions of tensors, written with ordinary tfjs operations. Everything that does not depend on the state,
 * for example random numbers, is computed for many steps at once.
 */
export interface LoopBody {
  /**
   * Returns the keys that random numbers are drawn from. They should be small, because they are computed for all steps of a call.
   * @param inputs tensors that stay constant during a call
   * @param steps numbers of the steps, int32 [n]
   * @returns tensors [n, ...]; row i must depend only on `inputs` and `steps[i]`
   */
  keys(inputs: readonly Tensor[], steps: Tensor1D): readonly Tensor[];
  /**
   * Draws the random numbers of a block of steps, which is cheaper than step by step.
   * @param keys rows of the tensors that `keys` returned, [n, ...]
   * @returns tensors [n, ...], one row per step
   */
  draw(keys: readonly Tensor[]): readonly Tensor[];
  /**
   * Performs one step.
   * @param state tensors that the step updates
   * @param inputs tensors that stay constant during a call
   * @param drawn the step's row of each tensor that `draw` returned
   * @param step number of the step, int32 scalar
   * @returns the new state, with the same shapes, and the metrics to log, float32 [metrics]
   */
  step(
    state: readonly Tensor[],
    inputs: readonly Tensor[],
    drawn: readonly Tensor[],
    step: Scalar,
  ): {
    /** The new state. */
    readonly state: readonly Tensor[];
    /** The metrics to log, float32 [metrics]. */
    readonly metrics: Tensor1D;
  };
}

/** Types and shapes of the tensors of a loop. */
export interface LoopShapes {
  /** The tensors that a step updates. */
  readonly state: readonly TensorShape[];
  /** The tensors that stay constant during a call. */
  readonly inputs: readonly TensorShape[];
}

/** What a call of a loop returns. */
export interface LoopResult {
  /** The state after the last step, in new tensors. The caller disposes them. */
  readonly state: Tensor[];
  /** The metrics, row-major [count, metrics], one row per step. */
  readonly metrics: Float32Array;
}

/** When a loop is compiled: at once, or in its first call. */
export type BuildTime = 'now' | 'first call';

/** A loop that can run. */
export interface Loop {
  /** Maximum number of steps in one call. */
  readonly maxSteps: number;
  /** Number of steps whose random numbers are drawn at once. Calls with whole blocks waste no draws. */
  readonly blockSteps: number;
  /**
   * Runs steps `firstStep` to `firstStep + count - 1`. Does not dispose its arguments.
   * @param state tensors before the first of these steps
   * @param inputs tensors that stay constant during the call
   * @param firstStep number of the first step
   * @param count number of steps, from 1 to `maxSteps`
   * @throws a RangeError for another `count`
   */
  run(state: readonly Tensor[], inputs: readonly Tensor[], firstStep: number, count: number): LoopResult;
  /** Compiles in the background what the first call needs. Errors are left to that call. Absent if a call compiles nothing. */
  readonly buildAhead?: () => Promise<void>;
  /** Frees the native resources of the loop. */
  dispose(): void;
}

/** Returns a loop that calls the body step by step: the reference for the compiled engines. */
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

/** @throws a RangeError unless `count` is a whole number from 1 to `maxSteps` */
export function checkCount(count: number, maxSteps: number): void {
  if (!Number.isInteger(count) || count < 1 || count > maxSteps) {
    throw new RangeError(`Expected \`count\` to be a whole number from 1 to ${maxSteps}, got ${count}.`);
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
