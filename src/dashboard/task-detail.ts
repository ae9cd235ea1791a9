import type { Table } from 'apache-arrow';
import { STEP, titleOf } from '../report/column-titles.js';
import { formatNumber } from '../report/tables/format.js';
import { valueAt } from '../logs/read.js';
import { readAttempts } from '../store/attempts.js';
import { readTaskState, taskFolder } from '../store/task-folder.js';
import { experimentOf, loadDetails } from '../task/registry.js';
import { settingText } from '../task/settings.js';
import type { LogColumn } from '../task/column.js';
import type { Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';
import type { TaskReply } from './page/protocol.js';
import { withStoreErrorFallback } from './store-error.js';
import type { TaskLogs } from './task-logs.js';
import type { SweepWatch } from './watch.js';

/** Returns a task's settings, its results so far, and its lines in the run's log. */
export async function taskDetail(watch: SweepWatch, logs: TaskLogs, task: Task): Promise<TaskReply> {
  const folder = taskFolder(watch.outDir, task);
  const { schemas, unit } = experimentOf(task.settings);
  return {
    id: task.id,
    folder,
    settings: Object.keys(schemas).map((name) => [name, settingText(task.settings, name)]),
    ...(await metricsOf(folder, logs, task)),
    sessions: readAttempts(folder).map(
      ({ start, fromStep, toStep, microsecondsPerStep }) =>
        `${start}: ${unit}s ${formatCount(fromStep)} to ${formatCount(toStep)}` +
        (microsecondsPerStep === null
          ? ''
          : `, ${formatDuration((microsecondsPerStep * (toStep - fromStep)) / 1000)}`),
    ),
    log: watch.log.linesAbout(task.name),
  };
}

type Metrics = Pick<TaskReply, 'metricsTitle' | 'metrics'>;

/**
 * Returns the metrics of the last evaluation, even of a running task. A task without evaluations has its result, or its last row until
 * it is done. Returns no metrics if the log is corrupt.
 */
async function metricsOf(folder: string, logs: TaskLogs, task: Task): Promise<Metrics> {
  const details = (await loadDetails([task]))(task);
  const { evaluations, rows = [] } = details.logs(task.settings);
  const read = (): Metrics => {
    if (evaluations !== undefined)
      return metrics('Last evaluation', evaluations, lastRow(logs.log(folder, 'evaluations')));
    if (readTaskState(folder, task.id).state === 'done')
      return metrics('Result', details.summary(task.settings), details.readSummary(folder));
    return metrics('Last row', rows, lastRow(logs.log(folder, 'rows')));
  };
  return withStoreErrorFallback(read, () => ({ metricsTitle: '', metrics: [] }));
}

function lastRow(table: Table | null): (column: string) => unknown {
  return (column) =>
    table === null || table.numRows === 0 ? null : valueAt(table, column, table.numRows - 1);
}

function metrics(
  metricsTitle: string,
  columns: readonly LogColumn[],
  valueOf: (column: string) => unknown,
): Metrics {
  const shown = columns.filter(({ name }) => name !== STEP);
  return {
    metricsTitle,
    metrics: shown.flatMap((column) => {
      const text = textOf(valueOf(column.name));
      return text === null ? [] : [[titleOf(column), text] as const];
    }),
  };
}

/** Formats a value; null for lists and undefined values. */
function textOf(value: unknown): string | null {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return typeof value === 'number' ? formatNumber(value) : typeof value === 'string' ? value : null;
}
