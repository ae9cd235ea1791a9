import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { DataType, Float64, makeData, Table } from 'apache-arrow';
import { LRUCache } from 'lru-cache';
import { CorruptTaskError, StoreError } from '../errors.js';
import { batchOf } from '../logs/encode.js';
import { readGrowingLog, readLog, readNumbers, valueAt } from '../logs/read.js';
import { pendingColumns } from '../logs/step-log.js';
import { STEP } from '../report/column-titles.js';
import { openNewestCheckpoint, type StepLogState } from '../store/checkpoint.js';
import { TASK_FILES } from '../store/task-folder.js';
import { formatBytes } from '../units.js';
import { downSample, pixelMeans, type Window } from './down-sample.js';
import type { Curve } from './page/protocol.js';

/** The files of each log: when its task is done, and while it is being written. */
const LOGS = {
  steps: [TASK_FILES.steps, TASK_FILES.stepsStream],
  evaluations: [TASK_FILES.evaluations, TASK_FILES.evaluationsStream],
  rows: [TASK_FILES.rows, TASK_FILES.rowsStream],
} as const;

const ID_DIGITS = 16;
/** The size of the cache. A log of 150,000 steps takes 4 MB. */
const MAX_CACHED_BYTES = 64e6;
/** The maximum size of a log. The largest step log that a sweep file can request takes 240 MB. */
const MAX_LOG_BYTES = 250e6;
/** The maximum number of curves of a metric with a list of values. */
const MAX_COMPONENTS = 64;

interface OpenLog {
  readonly version: string;
  readonly bytes: number;
  readonly table: Table;
}

/** The part of a curve that is read. */
export interface CurveWindow extends Window {
  /** Whether to add the mean of each pixel. */
  readonly hasMeans: boolean;
}

/** Reads curves from tasks' logs, finished or growing. Caches the most recently used logs. */
export class TaskLogs {
  /** The cached logs by path. A log that is larger than the cache is read again each time. */
  readonly #open = new LRUCache<string, OpenLog>({
    maxSize: MAX_CACHED_BYTES,
    sizeCalculation: ({ bytes }) => bytes,
  });

  /**
   * Returns the curves of the metrics that the task has logged, from the step log if it has the metric, else from the evaluations or the
   * rows.
   * @param logarithms the columns with logarithms by metric, for metrics that the step log has as logarithms
   * @throws a StoreError for a log that is corrupt or too large
   */
  curves(
    folder: string,
    metrics: readonly string[],
    window: CurveWindow,
    logarithms: ReadonlyMap<string, string>,
  ): Curve[] {
    const steps = this.log(folder, 'steps');
    const others = this.log(folder, 'evaluations') ?? this.log(folder, 'rows');
    return metrics.flatMap((metric) => {
      const fromSteps = steps === null ? [] : stepCurve(steps, metric, window, logarithms);
      return fromSteps.length > 0 || others === null ? fromSteps : rowCurves(others, metric, window);
    });
  }

  /** Returns a task's log, finished or growing; null if there is none yet. */
  log(folder: string, kind: keyof typeof LOGS): Table | null {
    for (const name of LOGS[kind]) {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats?.isFile() === true && stats.size > 0)
        return name === TASK_FILES.rowsStream
          ? withPendingRows(folder, this.#read(file, stats, readGrowingLog))
          : this.#read(file, stats, name.endsWith('s') ? readGrowingLog : readLog);
    }
    return null;
  }

  #read(file: string, { size: bytes, mtimeMs }: Stats, read: (file: string) => Table): Table {
    const version = `${bytes} ${mtimeMs}`;
    const known = this.#open.get(file);
    if (known?.version === version) return known.table;
    if (bytes > MAX_LOG_BYTES)
      throw new StoreError(
        `${file} has ${formatBytes(bytes)}, but the dashboard reads logs of up to ${formatBytes(MAX_LOG_BYTES)}: use vae-sweep export instead`,
      );
    const table = read(file);
    this.#open.set(file, { version, bytes, table });
    return table;
  }
}

/** Returns the complete batches of a growing log, followed by the pending rows in the task's newest checkpoint. */
function withPendingRows(folder: string, table: Table): Table {
  const stepLog = newestStepLog(folder);
  const isNext = stepLog !== null && stepLog.pendingSteps[0] === table.numRows + 1;
  if (!isNext) return table;
  const [, ...columns] = pendingColumns(stepLog);
  // A log of rows has only float64 columns.
  const data = columns.map((values) => makeData({ type: new Float64(), data: Float64Array.from(values) }));
  return table.concat(new Table([batchOf(table.schema, stepLog.pendingSteps.length, data)]));
}

function newestStepLog(folder: string): StepLogState | null {
  try {
    // A task's folder ends with its id.
    return (
      openNewestCheckpoint(folder, path.basename(folder).slice(-ID_DIGITS), ({ stepLog }) => stepLog)
        ?.value ?? null
    );
  } catch (error) {
    if (error instanceof CorruptTaskError) return null;
    throw error;
  }
}

function stepCurve(
  log: Table,
  metric: string,
  window: CurveWindow,
  logarithms: ReadonlyMap<string, string>,
): Curve[] {
  const column = log.getChild(metric) === null ? (logarithms.get(metric) ?? metric) : metric;
  if (log.numRows === 0 || log.getChild(column) === null) return [];
  const [steps, logged] = [readNumbers(log, STEP), readNumbers(log, column)];
  const points = pointsOf(steps, logged, window, column === metric ? null : Math.exp);
  return [{ metric, component: null, ...points }];
}

/** JSON has no infinite numbers. */
function finiteOrNull(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

type CurvePoints = Omit<Curve, 'metric' | 'component'>;

/**
 * Returns the points to draw.
 * @param decode an increasing function of what is logged. It changes no extremes, so that only points that are drawn are decoded, unless
 * means need all. Default: the values are logged
 */
function pointsOf(
  steps: ArrayLike<number>,
  logged: ArrayLike<number | null>,
  window: CurveWindow,
  decode: ((value: number) => number) | null = null,
): CurvePoints {
  const decoded = (value: number | null): number | null =>
    value === null || decode === null ? value : finiteOrNull(decode(value));
  const points = downSample(steps, logged, window);
  const all = () => (decode === null ? logged : Array.from(logged, decoded));
  return {
    ...points,
    values: points.values.map(decoded),
    means: points.isExact || !window.hasMeans ? null : pixelMeans(steps, all(), window),
  };
}

function rowCurves(log: Table, metric: string, window: CurveWindow): Curve[] {
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
    return [{ metric, component: null, ...pointsOf(steps, numbers, window) }];
  }
  const lists = rows.map((value) => (Array.isArray(value) ? (value as readonly number[]) : []));
  const components = Math.min(MAX_COMPONENTS, ...lists.map((list) => list.length));
  return Array.from({ length: components }, (_, component) => ({
    metric,
    component,
    ...pointsOf(
      steps,
      lists.map((list) => list[component] ?? null),
      window,
    ),
  }));
}
