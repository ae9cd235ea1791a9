import { compileLoopToC } from './c/compile.js';
import { ENGINES, type Engine } from './engine.js';
import { eagerLoop, type Loop, type LoopBody, type LoopShapes } from './loop.js';
import { compileLoop } from './xla/compile.js';

/** The implementation of each engine. To add an engine, add a line here and its name in `engine.ts`. */
const makers = {
  /** Generates C, which g++ compiles in about a second. It has the fastest steps, and supports the operations of small dense networks. */
  c: compileLoopToC,
  /** Compiles with XLA, which is part of TensorFlow. It supports most operations. */
  xla: compileLoop,
  /** Runs one operation at a time. It is the reference for the other engines. */
  eager: (body, _shapes, maxSteps) => eagerLoop(body, maxSteps),
} satisfies Record<Engine, (body: LoopBody, shapes: LoopShapes, maxSteps: number) => Loop>;

/**
 * Compiles a loop with an engine.
 * @throws a RangeError for an unknown engine, an Error for an operation that the engine does not support
 */
export function makeLoop(engine: Engine, body: LoopBody, shapes: LoopShapes, maxSteps: number): Loop {
  if (!ENGINES.includes(engine))
    throw new RangeError(`Expected \`engine\` to be one of ${ENGINES.join(', ')}, got ${engine}.`);
  return makers[engine](body, shapes, maxSteps);
}
