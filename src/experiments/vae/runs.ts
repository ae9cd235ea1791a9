import path from 'node:path';
import { readLog, readNumbers, valueAt } from '../../logs/read.js';
import type { PartRuns, Run } from '../../report/runs.js';
import { readSafetensors, type NamedTensor } from '../../store/safetensors.js';
import { TASK_FILES } from '../../store/task-folder.js';
import { isTraining, type TrainingSettings } from './settings/task.js';

/** A finished task that trains a VAE. */
export type TrainingRun = Run<TrainingSettings>;
export type TrainingRuns = PartRuns<TrainingSettings>;

export function isTrainingPart(part: PartRuns): part is TrainingRuns {
  return part.part.tasks.every(isTraining);
}

/**
 * Returns a numeric metric at the last evaluation before the end of training, or at the end if before it only the initial parameters
 * were evaluated. Returns null if the metric is not defined.
 */
export function numberBeforeEnd(run: TrainingRun, metric: string): number | null {
  const value = run.evaluations && valueAt(run.evaluations, metric, rowBeforeEnd(run));
  return typeof value === 'number' ? value : null;
}

/** Returns a list at the evaluation that `numberBeforeEnd` reads; an empty one if it is not defined. */
export function listBeforeEnd(run: TrainingRun, metric: string): readonly number[] {
  const value: unknown = run.evaluations && valueAt(run.evaluations, metric, rowBeforeEnd(run));
  return Array.isArray(value) ? (value as readonly number[]) : [];
}

/** Returns the step of the evaluation that `numberBeforeEnd` reads. */
export function evaluationStepBeforeEnd(run: TrainingRun): number {
  return stepAt(run, rowBeforeEnd(run));
}

/** Returns the row of the last evaluation before the end, or the last row if no trained parameters were evaluated before it. */
function rowBeforeEnd(run: TrainingRun): number {
  const last = (run.evaluations?.numRows ?? 0) - 1;
  const { steps } = run.task.settings;
  let row = last;
  while (row > 0 && stepAt(run, row) >= steps) row--;
  return stepAt(run, row) > 0 && stepAt(run, row) < steps ? row : last;
}

function stepAt({ evaluations }: TrainingRun, row: number): number {
  return Number(evaluations && valueAt(evaluations, 'step', row));
}

/** The points of the last evaluation, [n, ambientDim]. */
interface RunPoints {
  readonly generated: readonly (readonly number[])[];
  readonly real: readonly (readonly number[])[];
}

export function readPoints({ task, folder }: TrainingRun): RunPoints {
  const samples = readLog(path.join(folder, TASK_FILES.samples));
  const rowsOf = (prefix: string) => {
    const columns = Array.from({ length: task.settings.ambientDim }, (_, index) =>
      readNumbers(samples, `${prefix}${index + 1}`),
    );
    return Array.from({ length: samples.numRows }, (_, row) => columns.map((column) => column[row] ?? NaN));
  };
  return { generated: rowsOf('x'), real: rowsOf('real') };
}

/** Returns the parameters of the task's data: A [r*, r*] for linear data, a* [r*, 1] for sigmoid data, null for the sphere. */
export function readDataParameters({ folder }: Pick<TrainingRun, 'folder'>): NamedTensor | null {
  const { tensors } = readSafetensors(path.join(folder, TASK_FILES.parameters));
  return tensors.get('data.0') ?? null;
}
