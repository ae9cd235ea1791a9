import { compileLoopToC } from './c/compile.js';
import { UnsupportedError } from './c/recorded.js';
import { ENGINES, type Engine, type EngineChoice } from './engine.js';
import { eagerLoop, type BuildTime, type Loop, type LoopBody, type LoopShapes } from './loop.js';
import { compileLoop } from './xla/compile.js';

/** The implementation of each engine. To add an engine, add a line here and its name in `engine.ts`. */
const makers = {
  /** Generates C, which g++ compiles in about a second. It has the fastest steps, and supports the operations of small models. */
  c: compileLoopToC,
  /** Compiles with XLA, which is part of TensorFlow. It supports most operations. */
  xla: compileLoop,
  /** Runs one operation at a time. It is the reference for the other engines. */
  eager: (body, _shapes, maxSteps) => eagerLoop(body, maxSteps),
} satisfies Record<Engine, (body: LoopBody, shapes: LoopShapes, maxSteps: number, when: BuildTime) => Loop>;

/**
 * Compiles a loop with an engine.
 * @param when when the C engine calls g++; XLA compiles in the first call in any case
 * @throws a RangeError for an unknown engine, an Error for an operation that the engine does not support
 */
export function makeLoop(
  engine: EngineChoice,
  body: LoopBody,
  shapes: LoopShapes,
  maxSteps: number,
  when: BuildTime = 'now',
): Loop {
  if (engine === 'auto') return makeFastestLoop(body, shapes, maxSteps, when);
  if (!ENGINES.includes(engine))
    throw new RangeError(`Expected \`engine\` to be one of auto, ${ENGINES.join(', ')}, got ${engine}.`);
  return makers[engine](body, shapes, maxSteps, when);
}

/** Messages that were printed, so that tasks with the same program print theirs once. */
const printed = new Set<string>();

/** Compiles to C, or with XLA and a message that names the operation that the C engine does not support. */
function makeFastestLoop(body: LoopBody, shapes: LoopShapes, maxSteps: number, when: BuildTime): Loop {
  try {
    return compileLoopToC(body, shapes, maxSteps, when);
  } catch (error) {
    if (!(error instanceof UnsupportedError)) throw error;
    const message = `engine auto uses xla: ${error.reason}`;
    if (!printed.has(message)) process.stderr.write(`${message}\n`);
    printed.add(message);
    return compileLoop(body, shapes, maxSteps);
  }
}
