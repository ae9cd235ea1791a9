import type { Tensor } from '@tensorflow/tfjs-node';
import { tf } from './native/tensorflow.js';
import type { LoopBody, LoopShapes } from './loop.js';
import { removeDeadNodes } from './passes.js';
import { record, type Recording, type TensorShape } from './record.js';

/** The recordings of the three functions of a loop body. */
export interface RecordedLoop {
  /** Number of steps for which a call computes keys: the maximum number of steps, rounded up to whole blocks. */
  readonly callSteps: number;
  /** Number of steps in a block. */
  readonly blockSteps: number;
  /** A function of (steps [callSteps], inputs). */
  readonly keys: Recording;
  /** A function of a block's rows of the keys. */
  readonly draw: Recording;
  /** A function of (step, inputs, the step's row of each drawn tensor, state). Its outputs are the metrics, then the state. */
  readonly step: Recording;
}

/** Records the keys, the draws of a block and one step, and removes operations that no output needs. */
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
  throw new Error('The recorded function received no step numbers.');
}

function checkRows(name: string, { outputs }: Recording, steps: number): void {
  for (const { shape } of outputs)
    if (shape[0] !== steps)
      throw new Error(
        `Expected \`${name}\` to return tensors with one row per step: for ${steps} steps it returned a tensor of shape [${shape.join(', ')}].`,
      );
}

function checkStep(recording: Recording, expected: readonly TensorShape[]): void {
  const describe = ({ dtype, shape }: TensorShape) => `${dtype}[${shape.join(', ')}]`;
  const before = expected.map(describe).join(', ');
  const after = recording.outputs.slice(1).map(describe).join(', ');
  if (before !== after) {
    throw new Error(
      `Expected \`step\` to keep the types and shapes of its state: it received ${before} and returned ${after}.`,
    );
  }
  const { dtype, shape } = metricsOf(recording);
  if (dtype !== 'float32' || shape.length !== 1) {
    throw new Error(
      `Expected metrics of type float32 with one dimension, got ${describe({ dtype, shape })}.`,
    );
  }
}

export function metricsOf(recording: Recording): TensorShape {
  const [metrics] = recording.outputs;
  if (metrics === undefined) throw new Error('The recorded step returns no metrics.');
  return metrics;
}
