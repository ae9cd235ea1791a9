import path from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readLog } from '../logs/read.js';
import { TASK_FILES, taskFolder, verifyTask } from '../store/task-folder.js';
import type { SweepDescription } from '../sweep/sweep-file.js';
import type { LogColumns, LogName } from '../task/experiment.js';
import { loadDetails } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { chooseSweep, type SweepChoice } from './run-sweep.js';

export interface ReadLogsOptions extends SweepChoice {
  /** Folder of all results. @default 'out' */
  readonly out?: string;
}

/** A task that is done, whose files equal their checksums. Tables are read anew at every call. */
export interface LoggedTask {
  readonly task: Task;
  /** With all its files. */
  readonly folder: string;
  /** One row a logged step. */
  readonly steps: () => Table;
  /** One row an evaluation. */
  readonly evaluations: () => Table;
  /** Generated points of the last evaluation, beside real ones. */
  readonly samples: () => Table;
  /** One row per row that a function or a computation yielded. */
  readonly rows: () => Table;
}

/** The logs of a sweep's tasks that are done, in the sweep's order. Columns and units: docs/logs.md. */
export async function* readLogs(
  sweep: string | SweepDescription,
  options: ReadLogsOptions = {},
): AsyncGenerator<LoggedTask> {
  const { tasks } = await chooseSweep(sweep, options);
  const out = options.out ?? 'out';
  const details = await loadDetails(tasks);
  for (const task of tasks) {
    const folder = taskFolder(out, task);
    const state = verifyTask(folder, task.id);
    if (state.state === 'corrupt') throw new StoreError(`${task.name} is corrupt: ${state.problem}`);
    if (state.state === 'done') yield logged(task, folder, details(task).logs(task.settings));
  }
}

function logged(task: Task, folder: string, logs: LogColumns): LoggedTask {
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
