/** `import { runSweep, readLogs, compile } from 'vae-sweep'`. Importing it loads no TensorFlow. */
import type { Loop, LoopBody } from '../graph/loop.js';
import type { CompileOptions, Step } from './graph.js';

export { runSweep, type RunSweepOptions, type SweepChoice, type SweepResult } from './run-sweep.js';
export { readLogs, type LoggedTask, type ReadLogsOptions } from './read-logs.js';
export { InputError, StoreBusyError, StoreError, UserError } from '../errors.js';
export type { SweepDescription } from '../sweep/sweep-file.js';
export type { Task } from '../sweep/task.js';
export type {
  Plugin,
  PluginDataset,
  PluginReport,
  PluginRun,
  PluginSection,
  TensorFlow,
} from '../plugins/plugin.js';
export type { Evaluation, Metric } from '../vae/metrics/metric.js';

/** As `compile` of `vae-sweep/graph`; TensorFlow is loaded at the first call. */
export async function compile(step: Step | LoopBody, options: CompileOptions): Promise<Loop> {
  const graph = await import('./graph.js');
  return graph.compile(step, options);
}
