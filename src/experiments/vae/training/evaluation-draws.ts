import type { Tensor } from '@tensorflow/tfjs-node';
import type { Loop, LoopBody, LoopShapes } from '../../../compiler/loop.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import type { EvaluationDraws, RandomStreams, TaskKeys } from './random-streams/streams.js';
import { drawRows } from './step.js';

/** A loop whose one step draws what an evaluation needs, which becomes its state. An engine then makes it as fast as training. */
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

/** Draws for the evaluation after `step` steps, with the loop that an engine has made. */
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
