/**
 * Compiles loops and functions of tfjs operations to machine code. Importing it loads TensorFlow. Use the operations of this `tf` in
 * functions to compile.
 *
 * ```js
 * import { compile, tf } from 'vae-sweep/compiler';
 *
 * // Gradient descent on the sum of (w * x - y)^2.
 * const step = ([w], [x, y]) => {
 *   const loss = (v) => tf.sum(tf.square(tf.sub(tf.mul(v, x), y)));
 *   const { value, grads } = tf.valueAndGrads(loss)([w]);
 *   return { state: [tf.sub(w, tf.mul(grads[0], 0.01))], metrics: tf.reshape(value, [1]) };
 * };
 * const [x, y] = [tf.tensor1d([1, 2, 3]), tf.tensor1d([2, 4, 6])];
 * const loop = compile(step, { state: [tf.scalar(0)], inputs: [x, y], engine: 'c' });
 * const { state, metrics } = loop.run([tf.scalar(0)], [x, y], 1, 100);
 * console.log(state[0].dataSync()[0], metrics.at(-1)); // 2, and a loss near 0
 * loop.dispose();
 * ```
 *
 * @module vae-sweep/compiler
 */
import './native/prepare.js';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import type { EngineChoice } from './engine.js';
import { makeLoop } from './engines.js';
import type { Loop, LoopBody, LoopShapes } from './loop.js';
import type { TensorShape } from './record.js';
import { tf } from './native/tensorflow.js';

export { tf };
export { gatherRows } from './gather.js';
export { foldIn, key, split, type Key, type Keys } from './random/keys.js';
export { normal, truncatedNormal, uniform } from './random/distributions.js';
export type { Loop, LoopBody, LoopResult, LoopShapes } from './loop.js';
export type { TensorShape } from './record.js';

export type { Engine, EngineChoice } from './engine.js';

/**
 * One step of a loop without random numbers: a pure function of tensors.
 * @param state tensors that the step updates, in the order of `CompileOptions.state`
 * @param inputs tensors that stay constant during a call
 * @param step number of the step, int32 scalar
 * @returns the new state, with the same shapes, and the metrics to log, float32 [metrics]
 */
export type Step = (
  state: readonly Tensor[],
  inputs: readonly Tensor[],
  step: Scalar,
) => {
  /** The new state. */
  readonly state: readonly Tensor[];
  /** The metrics to log, float32 [metrics]. */
  readonly metrics: Tensor1D;
};

/** An example tensor, or only its type and shape. */
export type Example = Tensor | TensorShape;

/** How a loop is compiled. */
export interface CompileOptions {
  /** Types and shapes of the tensors that a step updates. */
  readonly state: readonly Example[];
  /** Types and shapes of the tensors that stay constant during a call. @default [] */
  readonly inputs?: readonly Example[];
  /** Maximum number of steps in one call, at least 1. @default 1000 */
  readonly maxSteps?: number;
  /** The engine that compiles the loop. @default 'auto' */
  readonly engine?: EngineChoice;
}

const MAX_STEPS = 1_000;

/**
 * Compiles a loop. The step is called once and recorded, including gradients and the optimizer. One native call then runs many steps.
 * @param step a step, or a `LoopBody`, which draws random numbers for many steps at once
 * @param options shapes of the state and the inputs, the number of steps per call, and the engine
 * @returns the loop; call its `dispose` when it is no longer needed
 * @throws a TypeError or RangeError for invalid arguments, an Error if the step reads tensor values, changes a shape of its state, or
 *   uses an operation that the engine does not support
 * @example
 * ```js
 * import { compile, foldIn, key, normal, tf } from 'vae-sweep/compiler';
 *
 * // A random walk. The keys and the draws do not depend on the state, so that the loop draws for many steps at once.
 * const walk = {
 *   keys: (_inputs, steps) => [foldIn(key(7), steps)],
 *   draw: ([keys]) => [normal(keys, [3])],
 *   step: ([position], _inputs, [move]) => ({
 *     state: [tf.add(position, move)],
 *     metrics: tf.reshape(tf.sum(tf.square(position)), [1]),
 *   }),
 * };
 * const loop = compile(walk, { state: [tf.zeros([3])] });
 * console.log(loop.run([tf.zeros([3])], [], 1, 100).metrics.at(-1));
 * loop.dispose();
 * ```
 */
export function compile(step: Step | LoopBody, options: CompileOptions): Loop {
  const { state, inputs = [], maxSteps = MAX_STEPS, engine = 'auto' } = options;
  if (!Number.isInteger(maxSteps) || maxSteps < 1)
    throw new RangeError(`Expected \`maxSteps\` to be a whole number of at least 1, got ${maxSteps}.`);
  const shapes: LoopShapes = { state: shapesOf('state', state), inputs: shapesOf('inputs', inputs) };
  return makeLoop(engine, bodyOf(step), shapes, maxSteps);
}

/**
 * A compiled function. The caller disposes the returned tensors.
 * @param inputs tensors with the types and shapes of the examples
 */
export type CompiledFunction = (...inputs: readonly Tensor[]) => Tensor[];

/**
 * Compiles a function of tensors. The function is called once to find its output shapes and once to record it. A call of the compiled
 * function is then one native call.
 * @param fn a pure function of tensors
 * @param examples examples of the arguments; every call must pass tensors of these types and shapes
 * @param engine the engine that compiles the function
 * @throws the errors of `compile`
 * @example
 * ```js
 * import { compileFunction, tf } from 'vae-sweep/compiler';
 *
 * const softplus = compileFunction((x) => [tf.log(tf.add(1, tf.exp(x)))], [tf.zeros([4])]);
 * console.log(softplus(tf.tensor1d([-1, 0, 1, 2]))[0].dataSync());
 * ```
 */
export function compileFunction(
  fn: (...inputs: Tensor[]) => readonly Tensor[],
  examples: readonly Example[],
  engine: EngineChoice = 'auto',
): CompiledFunction {
  const inputs = shapesOf('examples', examples);
  const outputs = outputShapes(fn, inputs);
  // The function becomes a loop with one step whose new state is the outputs.
  const step: Step = (_state, inputs) => ({
    state: fn(...inputs).map((tensor) => tensor.clone()),
    metrics: tf.zeros([1]),
  });
  const loop = compile(step, { state: outputs, inputs, maxSteps: 1, engine });
  return (...inputs) => {
    const before = outputs.map(({ shape, dtype }) => tf.zeros([...shape], dtype));
    const { state } = loop.run(before, inputs, 1, 1);
    tf.dispose(before);
    return state;
  };
}

function outputShapes(fn: (...inputs: Tensor[]) => readonly Tensor[], inputs: readonly TensorShape[]) {
  tf.engine().startScope();
  const outputs = fn(...inputs.map(({ shape, dtype }) => tf.zeros([...shape], dtype))).map(shapeOf);
  tf.engine().endScope();
  return outputs;
}

function bodyOf(step: Step | LoopBody): LoopBody {
  if (typeof step === 'function') return withoutDraws(step);
  for (const part of ['keys', 'draw', 'step'] as const)
    if (typeof step[part] !== 'function')
      throw new TypeError(
        `Expected \`step\` to be a function or an object with the functions keys, draw and step; ${part} is missing.`,
      );
  return step;
}

function withoutDraws(step: Step): LoopBody {
  return {
    keys: () => [],
    draw: () => [],
    step: (state, inputs, _drawn, number) => step(state, inputs, number),
  };
}

function shapesOf(name: string, examples: readonly Example[]): TensorShape[] {
  if (!Array.isArray(examples))
    throw new TypeError(`Expected \`${name}\` to be an array of tensors or of { dtype, shape } objects.`);
  return examples.map((example: Example, index) => {
    const isShape = Array.isArray((example as Partial<Example> | undefined)?.shape);
    if (!isShape || !DTYPES.includes(example.dtype))
      throw new TypeError(
        `Expected \`${name}[${index}]\` to be a tensor or { dtype, shape }, with one of the dtypes ${DTYPES.join(', ')}.`,
      );
    return shapeOf(example);
  });
}

const DTYPES: readonly string[] = ['float32', 'int32', 'bool'];

function shapeOf({ dtype, shape }: Example): TensorShape {
  return { dtype, shape: [...shape] };
}
