import { stepSchema } from '../../logs/schemas.js';
import { isTraining } from '../../task/task.js';
import { logBatches } from '../log-batches.js';
import { logColumns } from '../log-columns.js';
import type { RowKind } from '../table.js';
import { identityColumns, varyingColumns } from '../task-columns.js';

/** One row a logged step. There may be tens of millions: of the settings it has those that tell its tasks apart. */
export const steps: RowKind = {
  appliesTo: isTraining,
  missing: 'no task that trains',
  hasUnfinishedRows: true,
  columns: (tasks) => [
    ...identityColumns(tasks),
    ...varyingColumns(tasks),
    ...tasks.slice(0, 1).flatMap((task) => logColumns(stepSchema(task))),
  ],
  batches: (task, columns) => logBatches(task, 'steps', columns),
};
