import type { LogColumn } from '../../task/column.js';
import type { DetailsOf, ExportColumn, RowKind } from '../table.js';
import { logRows, type ExportedLog } from '../task-logs.js';
import type { Task } from '../../task/task.js';
import { identityColumns, mergeColumns, settingColumns, taskValue, varyingColumns } from '../task-columns.js';

/** One row per logged step. There may be tens of millions, so only settings that differ between tasks are included. */
export const steps = rowsOf('steps', varyingColumns, {
  missing: 'no task that trains',
  hasUnfinishedRows: true,
});

/** One row per evaluation. */
export const evaluations = rowsOf('evaluations', settingColumns, {
  missing: 'no task that trains',
  hasUnfinishedRows: true,
});

/** One row per row that a task yielded. */
export const computations = rowsOf('rows', settingColumns, {
  missing: 'no task that yields rows',
  hasUnfinishedRows: false,
});

/** Returns a kind with the rows of one log, along with their task and its settings. */
function rowsOf(
  log: ExportedLog,
  settings: (tasks: readonly Task[]) => readonly ExportColumn[],
  about: Pick<RowKind, 'missing' | 'hasUnfinishedRows'>,
): RowKind {
  const columnsOf = (task: Task, details: DetailsOf) => details(task).logs(task.settings)[log];
  return {
    ...about,
    appliesTo: (task, details) => columnsOf(task, details) !== undefined,
    columns: (tasks, details) =>
      mergeColumns([
        ...identityColumns(tasks),
        ...settings(tasks),
        ...mergeLogs(new Set(tasks.map((task) => columnsOf(task, details) ?? []))),
      ]),
    // If the log and the settings have a column of the same name, the log's is used.
    batches: function* (task, columns) {
      for (const { rows, column } of logRows(task, log)) {
        const own = (name: string) => new Array<unknown>(rows).fill(taskValue(task, name));
        yield { rows, columns: columns.map(({ name }) => column(name) ?? own(name)) };
      }
    },
  };
}

/** Merges the columns of several logs. A column that a log lacks is null for its tasks. */
function mergeLogs(logs: ReadonlySet<readonly LogColumn[]>): ExportColumn[] {
  const all = [...logs];
  const isInAll = (name: string) => all.every((columns) => columns.some((column) => column.name === name));
  return all.flatMap((columns) =>
    columns.map((column) => ({
      values: [],
      ...column,
      nullable: column.nullable || !isInAll(column.name),
    })),
  );
}
