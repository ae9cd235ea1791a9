/** `import { runSweep, readLogs, compile } from 'vae-sweep'`. Importing it loads no TensorFlow. */
import '../experiments/index.js';
import type { Loop, LoopBody } from '../compiler/loop.js';
import type { CompileOptions, Step } from '../compiler/index.js';

export { runSweep, type RunSweepOptions, type SweepChoice, type SweepResult } from './run-sweep.js';
export { readLogs, type LoggedTask, type ReadLogsOptions } from './read-logs.js';
export { InputError, StoreBusyError, StoreError, UserError } from '../errors.js';
export type { SweepDescription } from '../sweep/sweep-file.js';
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

/** The same as `compile` of `vae-sweep/compiler`, but TensorFlow is loaded at the first call. */
export async function compile(step: Step | LoopBody, options: CompileOptions): Promise<Loop> {
  const compiler = await import('../compiler/index.js');
  return compiler.compile(step, options);
}
