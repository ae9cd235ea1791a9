import type { Tensor } from '@tensorflow/tfjs-node';
import { tf } from './native/tensorflow.js';
import type { LoopBody, LoopShapes } from './loop.js';
import { removeDeadNodes } from './passes.js';
import { record, type Recording, type TensorShape } from './record.js';

/** What a loop does, recorded. */
export interface RecordedLoop {
  /** Steps that keys are made for: those of a call at most, in whole blocks. */
  readonly callSteps: number;
  /** Steps of a block. */
  readonly blockSteps: number;
  /** A function of (steps [callSteps], inputs). */
  readonly keys: Recording;
  /** A function of a block's rows of the keys. */
  readonly draw: Recording;
  /** A function of (step, inputs, its row of what was drawn, state); its outputs are the metrics, then the state. */
  readonly step: Recording;
}

/** The operations of the keys, of a block's draws and of one step that remain after the passes. */
export function recordLoop(
  body: LoopBody,
  shapes: LoopShapes,
  maxSteps: number,
  blockSteps: number,
): RecordedLoop {
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

export function metricsOf(recording: Recording): TensorShape {
  const [metrics] = recording.outputs;
  if (metrics === undefined) throw new Error('A step is recorded without its metrics.');
  return metrics;
}
