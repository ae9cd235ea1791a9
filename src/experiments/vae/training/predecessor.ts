import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../../../errors.js';
import { readLog, readNumbers, rowAt, valueAt } from '../../../logs/read.js';
import { readSafetensors } from '../../../store/safetensors.js';
import type { Predecessor } from '../../../task/protocol.js';
import { TASK_FILES, verifyTask } from '../../../store/task-folder.js';
import type { TrainingTask } from '../../../task/task.js';
import { parameterCount, parameterLayout, type ParameterBlock } from '../model/parameters.js';
import type { Program } from './programs.js';
import { STEP_METRICS } from './step.js';
import { CONTINUATION, MOMENTS, type TrainingLogs } from './training-logs.js';

/**
 * The state that a finished task of fewer steps has in common with `task`, its logs up to there copied into those of `task`, so that the
 * bits are those of a task that was trained at once: batches fill up again, and an evaluation that was only made at its end is left out.
 * @returns null if it can't be trusted or, being of an earlier version, lacks the optimiser's moments
 */
export function readPredecessor(
  { id, folder, steps }: Predecessor,
  { settings }: TrainingTask,
  { model, streams }: Pick<Program, 'model' | 'streams'>,
  logs: TrainingLogs,
): { step: number; state: Float32Array[] } | null {
  if (verifyTask(folder, id).state !== 'done') return null;
  const finished = readFinished(folder, parameterLayout(model));
  const step = streams.commonSteps(steps);
  if (finished === null || finished.step !== (step < steps ? step : null)) return null;
  const rows = finished.steps.filter((logged) => logged <= step);
  logs.steps.addRows(rows, finished.metrics);
  copyEvaluations(finished.evaluations, logs, settings.evaluateEverySteps, step);
  return { step, state: finished.state };
}

/** All that is needed of the finished task, before anything is made of it; null if something can't be read. */
function readFinished(folder: string, layout: readonly ParameterBlock[]) {
  try {
    const saved = readState(join(folder, TASK_FILES.parameters), layout);
    const rows = readSteps(readLog(join(folder, TASK_FILES.steps)));
    const evaluations = readLog(join(folder, TASK_FILES.evaluations));
    return saved && { ...saved, ...rows, evaluations };
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** Parameters and moments to continue from, and their step unless it is the last; null if one is missing. */
function readState(
  file: string,
  layout: readonly ParameterBlock[],
): { step: number | null; state: Float32Array[] } | null {
  const { tensors, metadata } = readSafetensors(file);
  const vector = (name: string, size: number) => {
    const values = tensors.get(name)?.values;
    return values instanceof Float32Array && values.length === size ? values : null;
  };
  const count = parameterCount(layout);
  const moments = MOMENTS.map((name) => vector(name, count));
  const step = metadata[CONTINUATION.step];
  const parameters =
    step === undefined ? finalParameters(vector, layout) : vector(CONTINUATION.parameters, count);
  if (parameters === null || !moments.every((values) => values !== null)) return null;
  return { step: step === undefined ? null : Number(step), state: [parameters, ...moments] };
}

function finalParameters(
  vector: (name: string, size: number) => Float32Array | null,
  layout: readonly ParameterBlock[],
): Float32Array | null {
  const parameters = new Float32Array(parameterCount(layout));
  for (const { name, shape, offset } of layout) {
    const block = vector(name, shape[0] * shape[1]);
    if (block === null) return null;
    parameters.set(block, offset);
  }
  return parameters;
}

function readSteps(table: Table): { steps: Int32Array; metrics: Float32Array } {
  const steps = Int32Array.from(readNumbers(table, 'step'));
  const columns = STEP_METRICS.map((name) => readNumbers(table, name));
  const rows = new Float32Array(steps.length * columns.length);
  columns.forEach((column, index) => {
    for (let row = 0; row < steps.length; row++) rows[row * columns.length + index] = column[row] ?? NaN;
  });
  return { steps, metrics: rows };
}

function copyEvaluations(table: Table, logs: TrainingLogs, everySteps: number, lastStep: number): void {
  for (let row = 0; row < table.numRows; row++) {
    const step = Number(valueAt(table, 'step', row));
    if (step <= lastStep && step % everySteps === 0) logs.addEvaluation(rowAt(table, row));
  }
}
