import { evaluationSchema } from '../logs/schemas.js';
import { isTraining, type Task } from '../task/task.js';
import { logColumns } from './log-columns.js';
import type { ExportColumn } from './table.js';
import { mergeColumns } from './task-columns.js';

/** The columns of the tasks' evaluation logs. Some depend on the random streams; they are null for the other tasks. */
export function evaluationColumns(tasks: readonly Task[]): ExportColumn[] {
  const training = tasks.filter(isTraining);
  const ofStreams = new Map(training.map((task) => [task.settings.randomStreams ?? null, task]));
  return mergeColumns([...ofStreams.values()].flatMap((task) => logColumns(evaluationSchema(task))));
}
