import { compileLoopToC } from './c/compile.js';
import { ENGINES, type Engine } from './engine.js';
import { eagerLoop, type Loop, type LoopBody, type LoopShapes } from './loop.js';
import { compileLoop } from './xla/compile.js';

/** How each engine makes a loop. A new engine is a line here and its name in `engine.ts`. */
const makers = {
  /** C, which g++ compiles in about a second: the fastest steps, for the operations of small dense networks. */
  c: compileLoopToC,
  /** XLA, inside of TensorFlow: most operations. */
  xla: compileLoop,
  /** One operation after another, the reference that the others are compared with. */
  eager: (body, _shapes, maxSteps) => eagerLoop(body, maxSteps),
} satisfies Record<Engine, (body: LoopBody, shapes: LoopShapes, maxSteps: number) => Loop>;

/**
 * Makes a loop with an engine.
 * @throws a RangeError for an engine that there is not, an Error for an operation that the engine does not know
 */
export function makeLoop(engine: Engine, body: LoopBody, shapes: LoopShapes, maxSteps: number): Loop {
  if (!ENGINES.includes(engine))
    throw new RangeError(`engine: expected one of ${ENGINES.join(', ')}, got ${engine}.`);
  return makers[engine](body, shapes, maxSteps);
}
