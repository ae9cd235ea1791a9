import { isTraining } from '../../task/task.js';
import { quantities, type ComputedKind } from '../../experiments/theory/computations/quantities.js';
import { logBatches } from '../log-batches.js';
import type { ExportColumn, RowKind } from '../table.js';
import { identityColumns, mergeColumns, settingColumns } from '../task-columns.js';

/** One row a row of a computation of the theory; null where its kind has no such column. */
export const computations: RowKind = {
  appliesTo: (task) => !isTraining(task),
  missing: 'no computation of the theory',
  hasUnfinishedRows: false,
  columns: (tasks) => {
    const kinds = [...new Set(tasks.map(({ settings }) => settings.kind as ComputedKind))];
    const rows = kinds.flatMap((kind) => Object.entries(quantities[kind].columns));
    return mergeColumns([
      ...identityColumns(tasks),
      ...settingColumns(tasks),
      ...rows.map(([name, quantity]): ExportColumn => ({
        name,
        type: 'float64',
        nullable: kinds.length > 1,
        ...quantity,
        values: [],
      })),
    ]);
  },
  batches: (task, columns) => logBatches(task, 'rows', columns),
};
