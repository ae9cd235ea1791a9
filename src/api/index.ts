/**
 * Runs sweeps from a program and reads their logs. Importing it does not load TensorFlow.
 *
 * ```js
 * import { readLogs, runSweep } from 'vae-sweep';
 *
 * const choice = { out: 'out', only: ['seed=2'], set: ['steps=500'] };
 * const { done, failed } = await runSweep('sweeps/quickstart.yaml', choice);
 * for await (const { task, evaluations } of readLogs('sweeps/quickstart.yaml', choice))
 *   console.log(task.name, evaluations().numRows);
 * console.log(done, failed.length);
 * ```
 *
 * @module vae-sweep
 */
import '../experiments/index.js';
import type { Loop, LoopBody } from '../compiler/loop.js';
import type { CompileOptions, Step } from '../compiler/index.js';

export { runSweep, type RunSweepOptions, type SweepChoice, type SweepResult } from './run-sweep.js';
export { openSweep, type OpenSweepOptions, type SweepSession, type TaskResult } from './open-sweep.js';
export { readLogs, type LoggedTask, type ReadLogsOptions } from './read-logs.js';
export { InputError, StoreBusyError, StoreError, UserError } from '../errors.js';
export type { Trial } from '../sweep/trials.js';
export type { SweepCell, SweepDescription } from './sweep-description.js';
export type { Task } from '../task/task.js';
export type {
  Evaluation,
  Metric,
  Plugin,
  PluginDataset,
  PluginReport,
  PluginRun,
  PluginSection,
  TensorFlow,
} from '../experiments/index.js';

/**
 * Compiles a step of tfjs operations to a native loop. It is `compile` of `vae-sweep/compiler`, but asynchronous: the first call loads
 * TensorFlow.
 *
 * @param step a step, or a `LoopBody`, which draws random numbers for many steps at once
 * @param options the initial state, the inputs, and the maximum number of steps per call
 * @returns the compiled loop. Call its `dispose` when you no longer need it.
 * @throws the errors of `compile` of `vae-sweep/compiler`
 * @example
 * ```js
 * import { compile } from 'vae-sweep';
 * import { tf } from 'vae-sweep/compiler';
 *
 * const double = ([x]) => ({ state: [tf.mul(x, 2)], metrics: tf.reshape(x, [1]) });
 * const loop = await compile(double, { state: [tf.scalar(1)], engine: 'c' });
 * console.log(loop.run([tf.scalar(1)], [], 1, 4).metrics); // 1, 2, 4, 8
 * ```
 */
export async function compile(step: Step | LoopBody, options: CompileOptions): Promise<Loop> {
  const compiler = await import('../compiler/index.js');
  return compiler.compile(step, options);
}
