import type { LogColumn } from '../../task/column.js';
import type { RowKind } from '../table.js';
import { identityColumns, mergeColumns, settingColumns, taskValue } from '../task-columns.js';

/** One row per task, with its settings and, if it is done, its results. */
export const tasks: RowKind = {
  appliesTo: () => true,
  missing: 'no task',
  hasUnfinishedRows: false,
  columns: (all, details) => {
    const logs = new Map(all.map((task) => [details(task).logs(task.settings), task]));
    const summaries = [...logs.values()].flatMap((task): readonly LogColumn[] =>
      details(task).summary(task.settings),
    );
    return mergeColumns([
      ...identityColumns(all),
      ...settingColumns(all),
      ...summaries.map((column) => ({ values: [], ...column })),
    ]);
  },
  batches: function* (task, columns, details) {
    const results = task.state === 'done' ? details(task.task).readSummary(task.folder) : () => null;
    yield {
      rows: 1,
      columns: columns.map(({ name }) => [results(name) ?? taskValue(task, name)]),
    };
  },
};
