import { tf } from '../native/tensorflow.js';
import { checkCount, type Loop, type LoopBody, type LoopShapes } from './loop.js';
import { loopGraph, outputNodes, placeholderNodes } from './loop-graph.js';
import { removeDeadNodes } from './passes.js';
import { record, type Recording, type TensorShape } from './record.js';
import { loadSession } from './session.js';

/**
 * Records `body` once and compiles a loop of it: one native call runs up to `maxSteps` steps, in machine code that XLA makes of
 * the whole loop at the first run.
 */
export function compileLoop(body: LoopBody, shapes: LoopShapes, maxSteps: number): Loop {
  const recording = recordStep(body, shapes);
  const session = loadSession(
    loopGraph(recording, shapes, maxSteps),
    placeholderNodes(shapes),
    outputNodes(shapes),
  );
  const width = metricsOf(recording).shape[0] ?? 0;
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

/** The operations of one step that remain after the passes: metrics first among its outputs, then the state. */
export function recordStep(body: LoopBody, shapes: LoopShapes): Recording {
  const examples = [...shapes.inputs, ...shapes.state].map(({ shape, dtype }) => tf.zeros([...shape], dtype));
  const number = tf.scalar(1, 'int32');
  tf.engine().startScope();
  const recording = record(
    ([step, ...tensors]) => {
      if (step === undefined) throw new Error('A step is recorded without its number.');
      const result = body(
        tensors.slice(shapes.inputs.length),
        tensors.slice(0, shapes.inputs.length),
        step.asScalar(),
      );
      return [result.metrics, ...result.state];
    },
    [number, ...examples],
  );
  tf.engine().endScope();
  tf.dispose([number, ...examples]);
  checkStep(recording, shapes.state);
  return removeDeadNodes(recording);
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
