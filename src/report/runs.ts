import path from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readLog, valueAt } from '../logs/read.js';
import { TASK_FILES, taskFolder, verifyTask, type TaskState } from '../store/task-folder.js';
import { problemOf } from '../store/task-states.js';
import type { Sweep, SweepPart } from '../sweep/load.js';
import type { LogColumn } from '../task/column.js';
import { stepsOf } from '../task/cost.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { experimentOf, loadDetails } from '../task/registry.js';
import type { StateName } from '../task/states.js';
import type { Settings, Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { STEP } from './column-titles.js';

/** A finished task and its logs. */
export interface Run<Own extends Settings = Settings> {
  readonly task: Task<Own>;
  readonly folder: string;
  /** Final values, by the columns of the experiment's summary. */
  readonly summary: ReadonlyMap<string, unknown>;
  /** `evaluations.arrow`; null if the experiment has none. */
  readonly evaluations: Table | null;
  /** Reads `rows.arrow` anew at each call, so that the rows of all tasks need not fit into memory; null if the experiment has none. */
  rows(): Table | null;
}

/** A task that has no results yet, or whose results are corrupt. */
export interface MissingRun<Own extends Settings = Settings> {
  readonly task: Task<Own>;
  readonly state: Exclude<StateName, 'done'>;
  /** For example `at step 12,000 of 150,000`. */
  readonly reason: string;
}

export interface PartRuns<Own extends Settings = Settings> {
  readonly part: Omit<SweepPart, 'tasks'> & { readonly tasks: readonly Task<Own>[] };
  /** Details of the part's experiment. */
  readonly details: ExperimentDetails;
  /** In the order of the part's tasks. */
  readonly runs: readonly Run<Own>[];
  readonly missing: readonly MissingRun<Own>[];
}

/** Reads the results of a sweep, finished or in progress. Checks the files of each finished task against the SHA-256 checksums in `done.json`. */
export async function readRuns(sweep: Sweep, outDir: string): Promise<PartRuns[]> {
  const detailsOf = await loadDetails(sweep.tasks);
  const read = sweep.tasks.map((task) => [task.id, readRun(task, outDir, detailsOf(task))] as const);
  return toParts(sweep, new Map(read), detailsOf);
}

/** Sorts results into the parts of a sweep. @param read the results by task id */
export function toParts(
  { parts }: Pick<Sweep, 'parts'>,
  read: ReadonlyMap<string, Run | MissingRun>,
  detailsOf: (task: Task) => ExperimentDetails,
): PartRuns[] {
  return parts.flatMap((part) => {
    const [first] = part.tasks;
    const all = part.tasks.flatMap(({ id }) => read.get(id) ?? []);
    return first === undefined
      ? []
      : {
          part,
          details: detailsOf(first),
          runs: all.filter(isFinished),
          missing: all.filter((run): run is MissingRun => !isFinished(run)),
        };
  });
}

export function isFinished(run: Run | MissingRun): run is Run {
  return 'summary' in run;
}

/** Returns a number of the summary, or null if it is not defined. */
export function finalNumber({ summary }: Run, column: string): number | null {
  const value = summary.get(column);
  return typeof value === 'number' ? value : null;
}

/**
 * Returns the defined values of a metric over the evaluations, or over the rows if there are no evaluations; empty if the log lacks the
 * metric. Rows without a step column are numbered from 1.
 */
export function series(run: Run, metric: string): { step: number; value: number }[] {
  const log = run.evaluations ?? run.rows();
  if (log === null) return [];
  const hasSteps = log.getChild(STEP) !== null;
  return Array.from({ length: log.numRows }, (_, row) => ({
    step: hasSteps ? valueAt(log, STEP, row) : row + 1,
    value: valueAt(log, metric, row),
  })).filter((point): point is { step: number; value: number } => typeof point.value === 'number');
}

/** Reads the results of one task; see `readRuns`. */
export function readRun(task: Task, outDir: string, details: ExperimentDetails): Run | MissingRun {
  const folder = taskFolder(outDir, task);
  const state = verifyTask(folder, task.id);
  if (state.state !== 'done') return { task, state: state.state, reason: reasonOf(state, task) };
  try {
    return readFinished(task, folder, details);
  } catch (error) {
    if (error instanceof StoreError) return { task, state: 'corrupt', reason: error.message };
    throw error;
  }
}

/** Returns the result of a task that has no folder yet. */
export function notStarted(task: Task): MissingRun {
  return { task, state: 'new', reason: reasonOf({ state: 'new' }, task) };
}

function readFinished(task: Task, folder: string, details: ExperimentDetails): Run {
  const logs = details.logs(task.settings);
  const value = details.readSummary(folder);
  const summary = new Map(details.summary(task.settings).map(({ name }) => [name, value(name)]));
  const rows = () => (logs.rows === undefined ? null : readRows(folder, logs.rows));
  const evaluations = logs.evaluations === undefined ? null : readEvaluations(folder, task);
  rows();
  return { task, folder, summary, evaluations, rows };
}

function readEvaluations(folder: string, { settings }: Task): Table {
  const evaluations = readLog(path.join(folder, TASK_FILES.evaluations));
  const last = valueAt(evaluations, STEP, evaluations.numRows - 1);
  if (experimentOf(settings).unit === 'step' && last !== stepsOf(settings))
    throw new StoreError(
      `${TASK_FILES.evaluations} ends at step ${String(last)}, expected ${formatCount(stepsOf(settings))}`,
    );
  return evaluations;
}

function readRows(folder: string, columns: readonly LogColumn[]): Table {
  const rows = readLog(path.join(folder, TASK_FILES.rows));
  const absent = columns.find(({ name }) => rows.getChild(name) === null);
  if (absent !== undefined) throw new StoreError(`${TASK_FILES.rows} lacks the column ${absent.name}`);
  return rows;
}

function reasonOf(state: TaskState, { settings }: Task): string {
  const { isResumable, unit } = experimentOf(settings);
  const progress =
    state.state === 'interrupted'
      ? `at ${unit} ${formatCount(state.step)} of ${formatCount(stepsOf(settings))}`
      : isResumable
        ? 'not started, or no checkpoint yet'
        : 'not finished';
  return problemOf(state) ?? progress;
}
