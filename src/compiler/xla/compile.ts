import { tf } from '../native/tensorflow.js';
import { checkCount, type Loop, type LoopBody, type LoopShapes } from '../loop.js';
import { loopGraph, outputNodes, placeholderNodes } from './loop-graph.js';
import { metricsOf, recordLoop } from '../recorded-loop.js';
import { loadSession } from './session.js';

/** Number of steps whose random numbers are drawn at once: enough to make draws cheap, few enough for the numbers to fit in a cache. */
export const BLOCK_STEPS = 50;

/**
 * Records `body` once and compiles it to a loop. One native call runs up to `maxSteps` steps. XLA compiles the whole loop to machine
 * code in the first call.
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
      if (log === undefined) throw new Error('The compiled loop returned no metrics.');
      const metrics = log.dataSync<'float32'>().slice(0, count * width);
      tf.dispose([...range, log]);
      return { state: next, metrics };
    },
    dispose: () => {
      session.dispose();
    },
  };
}
