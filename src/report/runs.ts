import path from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readLog, readNumbers, valueAt, type LogValue } from '../logs/read.js';
import { readSafetensors, type NamedTensor } from '../store/safetensors.js';
import { TASK_FILES, taskFolder, verifyTask, type TaskState } from '../store/task-folder.js';
import { problemOf } from '../store/task-states.js';
import { isTrainingPart, type Sweep, type TrainingPart } from '../sweep/load.js';
import type { StateName } from '../task/states.js';
import { isTraining, type TrainingTask } from '../task/task.js';
import { formatCount } from '../units.js';

/** A finished run, and what it logged. */
export interface Run {
  readonly task: TrainingTask;
  readonly folder: string;
  /** `evaluations.arrow`. */
  readonly evaluations: Table;
}

/** A task that has no results yet, or none that can be trusted. */
export interface MissingRun {
  readonly task: TrainingTask;
  readonly state: Exclude<StateName, 'done'>;
  /** As `at step 12,000 of 150,000`. */
  readonly reason: string;
}

export interface PartRuns {
  readonly part: TrainingPart;
  /** In the order of the part's tasks. */
  readonly runs: readonly Run[];
  readonly missing: readonly MissingRun[];
}

/** What there is of a sweep that was trained, finished or in progress: each finished run's files are checked against its marker's SHA-256. */
export function readRuns(sweep: Sweep, outDir: string): PartRuns[] {
  const read = new Map(sweep.tasks.filter(isTraining).map((task) => [task.id, readRun(task, outDir)]));
  return toParts(sweep, read);
}

/** @param read what there is of each run, by its task's id */
export function toParts(
  sweep: Pick<Sweep, 'parts'>,
  read: ReadonlyMap<string, Run | MissingRun>,
): PartRuns[] {
  return sweep.parts.filter(isTrainingPart).map((part) => {
    const all = part.tasks.flatMap(({ id }) => read.get(id) ?? []);
    return {
      part,
      runs: all.filter((run): run is Run => 'evaluations' in run),
      missing: all.filter((run): run is MissingRun => 'reason' in run),
    };
  });
}

/** The metric at the last evaluation. */
export function finalValue({ evaluations }: Run, metric: string): LogValue {
  return valueAt(evaluations, metric, evaluations.numRows - 1);
}

/** `finalValue` of a metric that is a number; null where it is not defined. */
export function finalNumber(run: Run, metric: string): number | null {
  const value = finalValue(run, metric);
  return typeof value === 'number' ? value : null;
}

/**
 * Returns a numeric metric at the last evaluation before the end of training, or at the end if only the initial parameters were evaluated
 * before; null where the metric is not defined.
 */
export function numberBeforeEnd(run: Run, metric: string): number | null {
  const value = valueAt(run.evaluations, metric, rowBeforeEnd(run));
  return typeof value === 'number' ? value : null;
}

/** Returns the step of the evaluation that `numberBeforeEnd` reads. */
export function evaluationStepBeforeEnd(run: Run): number {
  return Number(valueAt(run.evaluations, 'step', rowBeforeEnd(run)));
}

/** Returns the last row where no evaluation of trained parameters comes before the end. */
function rowBeforeEnd({ evaluations, task }: Run): number {
  const last = evaluations.numRows - 1;
  const stepOf = (row: number) => Number(valueAt(evaluations, 'step', row));
  let row = last;
  while (row > 0 && stepOf(row) >= task.settings.steps) row--;
  return stepOf(row) > 0 && stepOf(row) < task.settings.steps ? row : last;
}

/** A metric over the evaluations where it is defined; empty for one that the log does not have. */
export function series({ evaluations }: Run, metric: string): { step: number; value: number }[] {
  return Array.from({ length: evaluations.numRows }, (_, row) => ({
    step: valueAt(evaluations, 'step', row),
    value: valueAt(evaluations, metric, row),
  })).filter((point): point is { step: number; value: number } => typeof point.value === 'number');
}

/** The points of the last evaluation, a row each. */
export interface RunPoints {
  readonly generated: readonly (readonly number[])[];
  readonly real: readonly (readonly number[])[];
}

export function readPoints({ task, folder }: Run): RunPoints {
  const samples = readLog(path.join(folder, TASK_FILES.samples));
  const rowsOf = (prefix: string) => {
    const columns = Array.from({ length: task.settings.ambientDim }, (_, index) =>
      readNumbers(samples, `${prefix}${index + 1}`),
    );
    return Array.from({ length: samples.numRows }, (_, row) => columns.map((column) => column[row] ?? NaN));
  };
  return { generated: rowsOf('x'), real: rowsOf('real') };
}

/** What the run's data was drawn with: A [r*, r*] of linear data, a* [r*, 1] of sigmoid data; null for the sphere. */
export function readDataParameters({ folder }: Run): NamedTensor | null {
  const { tensors } = readSafetensors(path.join(folder, TASK_FILES.parameters));
  return tensors.get('data.0') ?? null;
}

/** One run of `readRuns`. */
export function readRun(task: TrainingTask, outDir: string): Run | MissingRun {
  const folder = taskFolder(outDir, task);
  const state = verifyTask(folder, task.id);
  if (state.state !== 'done') return { task, state: state.state, reason: reasonOf(state, task) };
  const corrupt = (reason: string): MissingRun => ({ task, state: 'corrupt', reason });
  try {
    const evaluations = readLog(path.join(folder, TASK_FILES.evaluations));
    const last = valueAt(evaluations, 'step', evaluations.numRows - 1);
    return last === task.settings.steps
      ? { task, folder, evaluations }
      : corrupt(`${TASK_FILES.evaluations} ends at step ${String(last)}`);
  } catch (error) {
    if (error instanceof StoreError) return corrupt(error.message);
    throw error;
  }
}

function reasonOf(state: TaskState, { settings }: TrainingTask): string {
  const progress =
    state.state === 'interrupted'
      ? `at step ${formatCount(state.step)} of ${formatCount(settings.steps)}`
      : 'not started, or not at its first checkpoint';
  return problemOf(state) ?? progress;
}
