import path from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readLog } from '../logs/read.js';
import { TASK_FILES, taskFolder, verifyTask } from '../store/task-folder.js';
import type { LogColumns, LogName } from '../task/experiment.js';
import { loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { chooseSweep, type SweepChoice } from './run-sweep.js';
import type { SweepDescription } from './sweep-description.js';

/** Options of `readLogs`. */
export interface ReadLogsOptions extends SweepChoice {
  /** Folder of the store. @default 'out' */
  readonly out?: string;
}

/** A finished task with verified checksums. Each call of a table function reads the file anew. */
export interface LoggedTask {
  /** The task: its name, id and settings. */
  readonly task: Task;
  /** Folder of the task's files. */
  readonly folder: string;
  /** Reads `steps.arrow`: one row per logged step. @throws StoreError if the experiment does not write this log */
  readonly steps: () => Table;
  /** Reads `evaluations.arrow`: one row per evaluation. @throws StoreError if the experiment does not write this log */
  readonly evaluations: () => Table;
  /**
   * Reads `samples.arrow`: generated points of the last evaluation next to real ones.
   * @throws StoreError if the experiment does not write this log
   */
  readonly samples: () => Table;
  /** Reads `rows.arrow`: one row per row that a function or computation yielded. @throws StoreError if there is no such log */
  readonly rows: () => Table;
}

/**
 * Yields the finished tasks of a sweep with their logs, in the sweep's order. Tasks that are not finished are skipped. docs/logs.md lists
 * the columns and their units.
 *
 * @param sweep the path of a sweep file, or an object with its keys and values
 * @param options the store and the choice of tasks
 * @throws InputError if the sweep is invalid, StoreError if a finished task is corrupt
 * @example
 * ```js
 * import { readLogs } from 'vae-sweep';
 *
 * const sweep = { name: 'mine', experiment: 'linear', grid: { dimensions: [[2, 4, 3]], seed: [1, 2] } };
 * for await (const { task, steps } of readLogs(sweep, { out: 'out', set: ['steps=200'] })) {
 *   const table = steps();
 *   console.log(task.name, table.getChild('loss').get(table.numRows - 1), 'nats');
 * }
 * ```
 */
export async function* readLogs<const Experiment extends string>(
  sweep: string | SweepDescription<Experiment>,
  options: ReadLogsOptions = {},
): AsyncGenerator<LoggedTask> {
  const out = options.out ?? 'out';
  const { tasks } = (await chooseSweep(sweep, out, options)).sweep;
  const details = await loadDetails(tasks);
  for (const task of tasks) {
    const folder = taskFolder(out, task);
    const state = verifyTask(folder, task.id);
    if (state.state === 'corrupt') throw new StoreError(`${task.name} is corrupt: ${state.problem}`);
    if (state.state === 'done') yield toLoggedTask(task, folder, details(task).logs(task.settings));
  }
}

function toLoggedTask(task: Task, folder: string, logs: LogColumns): LoggedTask {
  const read = (log: LogName) => () => {
    if (logs[log] === undefined) throw new StoreError(`${task.name} has no ${TASK_FILES[log]}`);
    return readLog(path.join(folder, TASK_FILES[log]));
  };
  return {
    task,
    folder,
    steps: read('steps'),
    evaluations: read('evaluations'),
    samples: read('samples'),
    rows: read('rows'),
  };
}
