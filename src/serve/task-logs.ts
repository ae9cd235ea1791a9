import { statSync } from 'node:fs';
import path from 'node:path';
import { DataType, type Table } from 'apache-arrow';
import { readGrowingLog, readLog, readNumbers, valueAt } from '../logs/read.js';
import { TASK_FILES } from '../store/task-folder.js';
import { downSample, type Window } from './down-sample.js';
import type { Curve } from './page/protocol.js';

/** A log while it is written, and when its task is done. */
const LOGS = {
  steps: [TASK_FILES.steps, TASK_FILES.stepsStream],
  evaluations: [TASK_FILES.evaluations, TASK_FILES.evaluationsStream],
} as const;

/** Logs in memory: a full-length one has 4 MB. */
const MOST_OPEN = 8;
/** Curves of one metric with a value a latent dimension. */
const MOST_COMPONENTS = 64;

interface OpenLog {
  readonly version: string;
  readonly table: Table;
}

/** Reads curves out of tasks' logs, finished or growing. Keeps the logs that were asked for last. */
export class TaskLogs {
  /** By path, the one that was asked for longest ago first. */
  readonly #open = new Map<string, OpenLog>();

  /**
   * The curves of those metrics that the task has logged: of every step where the step log has the metric, else of the evaluations.
   * @throws a StoreError for a log that is broken
   */
  curves(folder: string, metrics: readonly string[], window: Window): Curve[] {
    const steps = this.#log(folder, 'steps');
    const evaluations = this.#log(folder, 'evaluations');
    return metrics.flatMap((metric) => {
      const fromSteps = steps === null ? [] : stepCurve(steps, metric, window);
      return fromSteps.length > 0 || evaluations === null
        ? fromSteps
        : evaluationCurves(evaluations, metric, window);
    });
  }

  /** The evaluation log, or null if there is none yet. */
  evaluations(folder: string): Table | null {
    return this.#log(folder, 'evaluations');
  }

  #log(folder: string, kind: keyof typeof LOGS): Table | null {
    for (const name of LOGS[kind]) {
      const file = path.join(folder, name);
      const stats = statSync(file, { throwIfNoEntry: false });
      if (stats?.isFile() === true && stats.size > 0)
        return this.#read(
          file,
          `${stats.size} ${stats.mtimeMs}`,
          name.endsWith('s') ? readGrowingLog : readLog,
        );
    }
    return null;
  }

  #read(file: string, version: string, read: (file: string) => Table): Table {
    const known = this.#open.get(file);
    const table = known?.version === version ? known.table : read(file);
    this.#open.delete(file);
    this.#open.set(file, { version, table });
    const [oldest] = this.#open.keys();
    if (this.#open.size > MOST_OPEN && oldest !== undefined) this.#open.delete(oldest);
    return table;
  }
}

function stepCurve(log: Table, metric: string, window: Window): Curve[] {
  const column = metric === 'decoderVariance' ? 'decoderLogVariance' : metric;
  if (log.numRows === 0 || log.getChild(column) === null) return [];
  const points = downSample(readNumbers(log, 'step'), readNumbers(log, column), window);
  // The exponential keeps order, so that the extremes of a pixel stay its extremes.
  const values =
    column === metric
      ? points.values
      : points.values.map((value) => (value === null ? null : Math.exp(value)));
  return [{ metric, component: null, ...points, values }];
}

function evaluationCurves(log: Table, metric: string, window: Window): Curve[] {
  const vector = log.getChild(metric);
  if (log.numRows === 0 || vector === null) return [];
  const steps = readNumbers(log, 'step');
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
