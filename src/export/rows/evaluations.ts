import { evaluationSchema } from '../../logs/schemas.js';
import { isTraining } from '../../sweep/task.js';
import { logBatches } from '../log-batches.js';
import { logColumns } from '../log-columns.js';
import type { RowKind } from '../table.js';
import { identityColumns, settingColumns } from '../task-columns.js';

/** One row an evaluation. */
export const evaluations: RowKind = {
  appliesTo: isTraining,
  missing: 'no task that trains',
  hasUnfinishedRows: true,
  columns: (tasks) => [
    ...identityColumns(tasks),
    ...settingColumns(tasks),
    ...tasks.slice(0, 1).flatMap((task) => logColumns(evaluationSchema(task))),
  ],
  batches: (task, columns) => logBatches(task, 'evaluations', columns),
};
