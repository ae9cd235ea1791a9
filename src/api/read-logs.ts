import path from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readLog } from '../logs/read.js';
import { TASK_FILES, taskFolder, verifyTask } from '../store/task-folder.js';
import type { SweepDescription } from '../sweep/sweep-file.js';
import { isTraining, type Task } from '../task/task.js';
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
  /** Of a computation of the theory, its rows. */
  readonly rows: () => Table;
}

/** The logs of a sweep's tasks that are done, in the sweep's order. Columns and units: docs/logs.md. */
export async function* readLogs(
  sweep: string | SweepDescription,
  options: ReadLogsOptions = {},
): AsyncGenerator<LoggedTask> {
  const { tasks } = await chooseSweep(sweep, options);
  const out = options.out ?? 'out';
  for (const task of tasks) {
    const folder = taskFolder(out, task);
    const state = verifyTask(folder, task.id);
    if (state.state === 'corrupt') throw new StoreError(`${task.name} is corrupt: ${state.problem}`);
    if (state.state === 'done') yield logged(task, folder);
  }
}

function logged(task: Task, folder: string): LoggedTask {
  const read = (file: string, isOfTraining: boolean) => () => {
    if (isTraining(task) !== isOfTraining)
      throw new StoreError(`${task.name} ${isOfTraining ? 'trains nothing' : 'trains'}: it has no ${file}`);
    return readLog(path.join(folder, file));
  };
  return {
    task,
    folder,
    steps: read(TASK_FILES.steps, true),
    evaluations: read(TASK_FILES.evaluations, true),
    samples: read(TASK_FILES.samples, true),
    rows: read(TASK_FILES.rows, false),
  };
}
