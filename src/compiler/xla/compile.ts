import { tf } from '../native/tensorflow.js';
import { checkCount, type Loop, type LoopBody, type LoopShapes } from '../loop.js';
import { loopGraph, outputNodes, placeholderNodes } from './loop-graph.js';
import { metricsOf, recordLoop } from '../recorded-loop.js';
import { loadSession } from './session.js';

/** Steps that are drawn for at once: enough to make a draw cheap, few enough for a cache to hold what is drawn. */
export const BLOCK_STEPS = 50;

/**
 * Records `body` once and compiles a loop of it: one native call runs up to `maxSteps` steps, in machine code that XLA makes of
 * the whole loop at the first run.
 */
export function compileLoop(body: LoopBody, shapes: LoopShapes, maxSteps: number): Loop {
  const recorded = recordLoop(body, shapes, maxSteps, Math.min(BLOCK_STEPS, maxSteps));
  const session = loadSession(
    loopGraph(recorded, shapes, maxSteps),
    placeholderNodes(shapes),
    outputNodes(shapes),
  );
  const width = metricsOf(recorded.step).shape[0] ?? 0;
  return {
    maxSteps,
    blockSteps: recorded.blockSteps,
    run(state, inputs, firstStep, count) {
      checkCount(count, maxSteps);
      const range = [tf.scalar(count, 'int32'), tf.scalar(firstStep, 'int32')];
      const [log, ...next] = session.run([...range, ...inputs, ...state]);
      if (log === undefined) throw new Error('The compiled loop returned no log.');
      const metrics = log.dataSync<'float32'>().slice(0, count * width);
      tf.dispose([...range, log]);
      return { state: next, metrics };
    },
    dispose: () => {
      session.dispose();
    },
  };
}
