import { StoreError } from '../errors.js';
import { shownColumns, titleOf } from '../report/column-words.js';
import { formatNumber } from '../report/tables/format.js';
import { valueAt } from '../logs/read.js';
import { readSessions } from '../store/sessions.js';
import { taskFolder } from '../store/task-folder.js';
import { experimentOf, loadDetails } from '../task/registry.js';
import { settingText } from '../task/settings.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';
import type { TaskReply } from './page/protocol.js';
import type { TaskLogs } from './task-logs.js';
import type { SweepWatch } from './watch.js';

/** A task's settings, what it has come to, and what the run's log says of it. */
export async function taskDetail(watch: SweepWatch, logs: TaskLogs, task: Task): Promise<TaskReply> {
  const folder = taskFolder(watch.outDir, task);
  return {
    id: task.id,
    folder,
    settings: Object.keys(experimentOf(task.settings).schemas).map((name) => [
      name,
      settingText(task.settings, name),
    ]),
    metrics: await lastEvaluation(folder, logs, task),
    sessions: readSessions(folder).map(
      ({ start, fromStep, toStep, microsecondsPerStep }) =>
        `${start}: steps ${formatCount(fromStep)} to ${formatCount(toStep)}` +
        (microsecondsPerStep === null
          ? ''
          : `, ${formatDuration((microsecondsPerStep * (toStep - fromStep)) / 1000)}`),
    ),
    log: watch.log.linesAbout(task.name),
  };
}

/** The numbers of the last evaluation, of a task that is training too; none of a log that is broken. */
async function lastEvaluation(folder: string, logs: TaskLogs, task: Task): Promise<TaskReply['metrics']> {
  const detailsOf = await loadDetails([task]);
  const { evaluations = [] } = detailsOf(task).logs(task.settings);
  try {
    const table = logs.evaluations(folder);
    if (table === null) return [];
    return shownColumns(evaluations).flatMap((column) => {
      const value = valueAt(table, column.name, table.numRows - 1);
      return typeof value === 'number' ? [[titleOf(column), formatNumber(value)] as const] : [];
    });
  } catch (error) {
    if (error instanceof StoreError) return [];
    throw error;
  }
}
