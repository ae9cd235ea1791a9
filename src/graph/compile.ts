import type { Tensor } from '@tensorflow/tfjs-node';
import { tf } from '../native/tensorflow.js';
import { checkCount, type Loop, type LoopBody, type LoopShapes } from './loop.js';
import { loopGraph, outputNodes, placeholderNodes, type RecordedLoop } from './loop-graph.js';
import { removeDeadNodes } from './passes.js';
import { record, type Recording, type TensorShape } from './record.js';
import { loadSession } from './session.js';

/** Steps that are drawn for at once: enough to make a draw cheap, few enough for a cache to hold what is drawn. */
export const BLOCK_STEPS = 50;

/**
 * Records `body` once and compiles a loop of it: one native call runs up to `maxSteps` steps, in machine code that XLA makes of
 * the whole loop at the first run.
 */
export function compileLoop(body: LoopBody, shapes: LoopShapes, maxSteps: number): Loop {
  const recorded = recordLoop(body, shapes, maxSteps);
  const session = loadSession(
    loopGraph(recorded, shapes, maxSteps),
    placeholderNodes(shapes),
    outputNodes(shapes),
  );
  const width = metricsOf(recorded.step).shape[0] ?? 0;
  return {
    maxSteps,
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

/** The operations of the keys, of a block's draws and of one step that remain after the passes. */
export function recordLoop(body: LoopBody, shapes: LoopShapes, maxSteps: number): RecordedLoop {
  const blockSteps = Math.min(BLOCK_STEPS, maxSteps);
  const callSteps = Math.ceil(maxSteps / blockSteps) * blockSteps;
  tf.engine().startScope();
  const inputs = shapes.inputs.map(example);
  const keys = record(
    ([steps = missing(), ...tensors]) => [...body.keys(tensors, steps.as1D())],
    [tf.zeros([callSteps], 'int32'), ...inputs],
  );
  checkRows('keys', keys, callSteps);
  const draw = record(
    (tensors) => [...body.draw(tensors)],
    keys.outputs.map(({ shape, dtype }) => example({ shape: [blockSteps, ...shape.slice(1)], dtype })),
  );
  checkRows('draw', draw, blockSteps);
  const rows = draw.outputs.map(({ shape, dtype }) => example({ shape: shape.slice(1), dtype }));
  const step = record(
    ([number = missing(), ...tensors]) => {
      const [ofInputs, ofRows] = [inputs.length, inputs.length + rows.length];
      const result = body.step(
        tensors.slice(ofRows),
        tensors.slice(0, ofInputs),
        tensors.slice(ofInputs, ofRows),
        number.asScalar(),
      );
      return [result.metrics, ...result.state];
    },
    [tf.scalar(1, 'int32'), ...inputs, ...rows, ...shapes.state.map(example)],
  );
  tf.engine().endScope();
  checkStep(step, shapes.state);
  const [liveKeys, liveDraw, liveStep] = [keys, draw, step].map(removeDeadNodes) as [
    Recording,
    Recording,
    Recording,
  ];
  return { callSteps, blockSteps, keys: liveKeys, draw: liveDraw, step: liveStep };
}

function example({ shape, dtype }: TensorShape): Tensor {
  return tf.zeros([...shape], dtype);
}

function missing(): never {
  throw new Error('A loop is recorded without its steps.');
}

function checkRows(name: string, { outputs }: Recording, steps: number): void {
  for (const { shape } of outputs)
    if (shape[0] !== steps)
      throw new Error(
        `What a loop's \`${name}\` makes has a row a step: for ${steps} steps it made a tensor of shape [${shape.join(', ')}].`,
      );
}

function checkStep(recording: Recording, expected: readonly TensorShape[]): void {
  const describe = ({ dtype, shape }: TensorShape) => `${dtype}[${shape.join(', ')}]`;
  const before = expected.map(describe).join(', ');
  const after = recording.outputs.slice(1).map(describe).join(', ');
  if (before !== after) {
    throw new Error(
      `A loop's step must keep the shapes of its state: it was given ${before} and returned ${after}.`,
    );
  }
  const { dtype, shape } = metricsOf(recording);
  if (dtype !== 'float32' || shape.length !== 1) {
    throw new Error(`A loop's metrics must be float32 of one dimension, not ${describe({ dtype, shape })}.`);
  }
}

function metricsOf(recording: Recording): TensorShape {
  const [metrics] = recording.outputs;
  if (metrics === undefined) throw new Error('A step is recorded without its metrics.');
  return metrics;
}
