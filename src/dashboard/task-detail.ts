import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { metricAxis } from '../report/figures/metric-axes.js';
import { formatNumber } from '../report/tables/format.js';
import { valueAt } from '../logs/read.js';
import { readSessions } from '../store/sessions.js';
import { taskFolder } from '../store/task-folder.js';
import { experimentOf } from '../task/registry.js';
import { settingText } from '../task/settings.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';
import type { TaskReply } from './page/protocol.js';
import type { TaskLogs } from './task-logs.js';
import type { SweepWatch } from './watch.js';

/** A task's settings, what it has come to, and what the run's log says of it. */
export function taskDetail(watch: SweepWatch, logs: TaskLogs, task: Task): TaskReply {
  const folder = taskFolder(watch.outDir, task);
  return {
    id: task.id,
    folder,
    settings: Object.keys(experimentOf(task.settings).schemas).map((name) => [
      name,
      settingText(task.settings, name),
    ]),
    metrics: lastEvaluation(folder, logs),
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
function lastEvaluation(folder: string, logs: TaskLogs): TaskReply['metrics'] {
  try {
    return numbersOf(logs.evaluations(folder));
  } catch (error) {
    if (error instanceof StoreError) return [];
    throw error;
  }
}

function numbersOf(table: Table | null): TaskReply['metrics'] {
  if (table === null) return [];
  const metrics = table.schema.fields.filter(({ name }) => name !== 'step');
  return metrics.flatMap(({ name }) => {
    const value = valueAt(table, name, table.numRows - 1);
    return typeof value === 'number' ? [[metricAxis(name).title, formatNumber(value)] as const] : [];
  });
}
