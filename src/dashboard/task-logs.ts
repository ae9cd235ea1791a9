import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { DataType, type Table } from 'apache-arrow';
import { LRUCache } from 'lru-cache';
import { StoreError } from '../errors.js';
import { readGrowingLog, readLog, readNumbers, valueAt } from '../logs/read.js';
import { STEP } from '../report/column-words.js';
import { TASK_FILES } from '../store/task-folder.js';
import { formatBytes } from '../units.js';
import { downSample, type Window } from './down-sample.js';
import type { Curve } from './page/protocol.js';

/** A log while it is written, and when its task is done. */
const LOGS = {
  steps: [TASK_FILES.steps, TASK_FILES.stepsStream],
  evaluations: [TASK_FILES.evaluations, TASK_FILES.evaluationsStream],
  rows: [TASK_FILES.rows, TASK_FILES.rowsStream],
} as const;

/** Kept in memory; a full-length log has 4 MB. */
const MOST_KEPT_BYTES = 64e6;
/** Of a log; a step log of the most rows that a sweep file may ask for has 240 MB. */
const MOST_LOG_BYTES = 250e6;
/** Curves of one metric with a list of values. */
const MOST_COMPONENTS = 64;

interface OpenLog {
  readonly version: string;
  readonly bytes: number;
  readonly table: Table;
}

/** Reads curves out of tasks' logs, finished or growing. Keeps the logs that were asked for last. */
export class TaskLogs {
  /** By path. A log that is larger than all that is kept is read anew each time. */
  readonly #open = new LRUCache<string, OpenLog>({
    maxSize: MOST_KEPT_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });

  /**
   * The curves of those metrics that the task has logged: of every step where the step log has the metric, else of the evaluations or
   * the rows.
   * @param logarithms metrics of which the step log has the logarithm, with its column
   * @throws a StoreError for a log that is broken, or too large
   */
  curves(
    folder: string,
    metrics: readonly string[],
    window: Window,
    logarithms: ReadonlyMap<string, string>,
  ): Curve[] {
    const steps = this.log(folder, 'steps');
    const others = this.log(folder, 'evaluations') ?? this.log(folder, 'rows');
    return metrics.flatMap((metric) => {
      const fromSteps = steps === null ? [] : stepCurve(steps, metric, window, logarithms);
      return fromSteps.length > 0 || others === null ? fromSteps : rowCurves(others, metric, window);
    });
  }

  /** A task's log, finished or growing; null if there is none yet. */
  log(folder: string, kind: keyof typeof LOGS): Table | null {
    for (const name of LOGS[kind]) {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats?.isFile() === true && stats.size > 0)
        return this.#read(file, stats, name.endsWith('s') ? readGrowingLog : readLog);
    }
    return null;
  }

  #read(file: string, { size: bytes, mtimeMs }: Stats, read: (file: string) => Table): Table {
    const version = `${bytes} ${mtimeMs}`;
    const known = this.#open.get(file);
    if (known?.version === version) return known.table;
    if (bytes > MOST_LOG_BYTES)
      throw new StoreError(
        `${file} has ${formatBytes(bytes)}, the dashboard reads logs of up to ${formatBytes(MOST_LOG_BYTES)}: see it with vae-sweep export`,
      );
    const table = read(file);
    this.#open.set(file, { version, bytes, table });
    return table;
  }
}

function stepCurve(
  log: Table,
  metric: string,
  window: Window,
  logarithms: ReadonlyMap<string, string>,
): Curve[] {
  const column = log.getChild(metric) === null ? (logarithms.get(metric) ?? metric) : metric;
  if (log.numRows === 0 || log.getChild(column) === null) return [];
  const points = downSample(readNumbers(log, 'step'), readNumbers(log, column), window);
  // The exponential keeps order, so that the extremes of a pixel stay its extremes.
  const values =
    column === metric
      ? points.values
      : points.values.map((value) => (value === null ? null : Math.exp(value)));
  return [{ metric, component: null, ...points, values }];
}

function rowCurves(log: Table, metric: string, window: Window): Curve[] {
  const vector = log.getChild(metric);
  if (log.numRows === 0 || vector === null) return [];
  const steps =
    log.getChild(STEP) === null
      ? Int32Array.from({ length: log.numRows }, (_, row) => row + 1)
      : readNumbers(log, STEP);
  const rows = Array.from({ length: log.numRows }, (_, row) => valueAt(log, metric, row));
  if (!DataType.isList(vector.type)) {
    const numbers = rows.map((value) => (typeof value === 'number' ? value : null));
    if (numbers.every((value) => value === null)) return [];
    return [{ metric, component: null, ...downSample(steps, numbers, window) }];
  }
  const lists = rows.map((value) => (Array.isArray(value) ? (value as readonly number[]) : []));
  const components = Math.min(MOST_COMPONENTS, ...lists.map((list) => list.length));
  return Array.from({ length: components }, (_, component) => ({
    metric,
    component,
    ...downSample(
      steps,
      lists.map((list) => list[component] ?? null),
      window,
    ),
  }));
}
