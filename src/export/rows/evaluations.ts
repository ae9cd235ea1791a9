import { isTraining } from '../../task/task.js';
import { logBatches } from '../log-batches.js';
import { evaluationColumns } from '../evaluation-columns.js';
import type { RowKind } from '../table.js';
import { identityColumns, settingColumns } from '../task-columns.js';

/** One row an evaluation. */
export const evaluations: RowKind = {
  appliesTo: isTraining,
  missing: 'no task that trains',
  hasUnfinishedRows: true,
  columns: (tasks) => [...identityColumns(tasks), ...settingColumns(tasks), ...evaluationColumns(tasks)],
  batches: (task, columns) => logBatches(task, 'evaluations', columns),
};
