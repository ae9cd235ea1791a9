/**
 * The compiler of tfjs loops on its own: `import { compile, tf } from 'vae-sweep/compiler'`. Importing it loads TensorFlow. Use the
 * operations of this `tf` in the functions that are compiled.
 */
import './native/prepare.js';
import type { Scalar, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import type { Engine } from './engine.js';
import { makeLoop } from './engines.js';
import type { Loop, LoopBody, LoopShapes } from './loop.js';
import type { TensorShape } from './record.js';
import { tf } from './native/tensorflow.js';

export { tf };
export { gatherRows } from './gather.js';
export { foldIn, key, split, type Key } from './random/keys.js';
export { normal, truncatedNormal, uniform } from './random/distributions.js';
export type { Loop, LoopBody, LoopResult, LoopShapes } from './loop.js';
export type { TensorShape } from './record.js';

export type { Engine } from './engine.js';

/** One step of a loop that draws nothing: a pure function of tensors. `metrics` is float32, [m]. */
export type Step = (
  state: readonly Tensor[],
  inputs: readonly Tensor[],
  step: Scalar,
) => { readonly state: readonly Tensor[]; readonly metrics: Tensor1D };

/** A tensor as an example, or its type and shape alone. */
export type Example = Tensor | TensorShape;

export interface CompileOptions {
  /** What a step changes. */
  readonly state: readonly Example[];
  /** What stays the same for all steps of a call. @default none */
  readonly inputs?: readonly Example[];
  /** Steps of one call, at most. @default 1000 */
  readonly maxSteps?: number;
  /** @default 'xla' */
  readonly engine?: Engine;
}

const MAX_STEPS = 1_000;

/**
 * Compiles a loop: the step is called once and recorded, gradients and optimiser with it; then one native call runs many steps.
 * @param step a step, or a `LoopBody` whose random numbers are drawn for many steps at once
 * @throws if the step reads values, changes a shape of its state, or uses an operation that the engine does not know
 */
export function compile(step: Step | LoopBody, options: CompileOptions): Loop {
  const { state, inputs = [], maxSteps = MAX_STEPS, engine = 'xla' } = options;
  if (!Number.isInteger(maxSteps) || maxSteps < 1)
    throw new RangeError(`maxSteps: expected a whole number from 1, got ${maxSteps}.`);
  const shapes: LoopShapes = { state: shapesOf('state', state), inputs: shapesOf('inputs', inputs) };
  return makeLoop(engine, bodyOf(step), shapes, maxSteps);
}

/** A compiled function; the tensors that it gives are the caller's to dispose. */
export type CompiledFunction = (...inputs: readonly Tensor[]) => Tensor[];

/**
 * Compiles a function of tensors: it is called once for its shapes and once to record it, then one native call computes all of it.
 * @param examples of its arguments; those of every call have these types and shapes
 */
export function compileFunction(
  fn: (...inputs: Tensor[]) => readonly Tensor[],
  examples: readonly Example[],
  engine: Engine = 'xla',
): CompiledFunction {
  const inputs = shapesOf('examples', examples);
  const outputs = outputShapes(fn, inputs);
  // The outputs are the state of a loop of one step.
  const step: Step = (_state, given) => ({
    state: fn(...given).map((tensor) => tensor.clone()),
    metrics: tf.zeros([1]),
  });
  const loop = compile(step, { state: outputs, inputs, maxSteps: 1, engine });
  return (...given) => {
    const before = outputs.map(({ shape, dtype }) => tf.zeros([...shape], dtype));
    const { state } = loop.run(before, given, 1, 1);
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
        `step: expected a function, or an object with the functions keys, draw and step; ${part} is missing.`,
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
    throw new TypeError(`${name}: expected a list of tensors, or of their types and shapes.`);
  return examples.map((example: Example, index) => {
    const isShape = Array.isArray((example as Partial<Example> | undefined)?.shape);
    if (!isShape || !DTYPES.includes(example.dtype))
      throw new TypeError(
        `${name}[${index}]: expected a tensor, or { dtype, shape } with a dtype of ${DTYPES.join(', ')}.`,
      );
    return shapeOf(example);
  });
}

const DTYPES: readonly string[] = ['float32', 'int32', 'bool'];

function shapeOf({ dtype, shape }: Example): TensorShape {
  return { dtype, shape: [...shape] };
}
