import type { Tensor } from '@tensorflow/tfjs-node';
import type { Loop, LoopBody, LoopShapes } from '../../../compiler/loop.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { EvaluationDraws, RandomStreams, TaskKeys } from './random-streams/streams.js';
import { drawRows } from './step.js';

/** Returns a loop whose only step draws the random numbers of an evaluation into its state, so that an engine can compile the draws. */
export function evaluationLoop({ evaluations }: RandomStreams): { body: LoopBody; shapes: LoopShapes } {
  const { inputs, keys, counts } = evaluations;
  return {
    body: {
      keys,
      draw: (keys) => drawRows(keys, counts),
      step: (_state, _keys, drawn) => ({ state: drawn.map((row) => row.clone()), metrics: tf.zeros([1]) }),
    },
    shapes: {
      inputs,
      state: counts.map((count) => ({ dtype: 'float32', shape: [count] }) as const),
    },
  };
}

/** Draws the random numbers of the evaluation after `step` steps with a compiled `evaluationLoop`. */
export function drawEvaluation(
  streams: RandomStreams,
  loop: Loop,
  keys: TaskKeys,
  step: number,
): EvaluationDraws {
  const { counts, arrange } = streams.evaluations;
  const empty: Tensor[] = counts.map((count) => tf.zeros([count]));
  const { state } = loop.run(empty, keys.evaluationInputs(step), step, 1);
  return arrange(state);
}
