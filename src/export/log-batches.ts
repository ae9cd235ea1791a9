import type { Batch, ExportColumn, ExportTask } from './table.js';
import { constant } from './table.js';
import { logRows } from './task-logs.js';
import { taskValue } from './task-columns.js';

/** The rows of a log, with the task's own columns. A column that both have is the log's. */
export function* logBatches(
  task: ExportTask,
  log: 'steps' | 'evaluations' | 'rows',
  columns: readonly ExportColumn[],
): Generator<Batch> {
  for (const { rows, column } of logRows(task, log)) {
    yield {
      rows,
      columns: columns.map(({ name }) => column(name) ?? constant(taskValue(task, name), rows)),
    };
  }
}
