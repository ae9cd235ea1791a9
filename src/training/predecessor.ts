import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { readLog, readNumbers, valueAt } from '../logs/read.js';
import { readSafetensors } from '../logs/safetensors.js';
import type { Predecessor } from '../store/predecessors.js';
import { TASK_FILES, verifyTask } from '../store/task-folder.js';
import type { TrainingTask } from '../sweep/task.js';
import { parameterCount, type ParameterBlock } from '../vae/parameters.js';
import { STEP_METRICS } from './step.js';
import { MOMENTS, type TrainingLogs } from './training-logs.js';

/**
 * The final state of a finished task of fewer steps, its logs copied into those of `task`, so that the bits are those of a task
 * that was trained at once: batches fill up again, and an evaluation that was only made at its end is left out.
 * @returns null if it can't be trusted or, being of an earlier version, lacks the optimiser's moments
 */
export function readPredecessor(
  { id, folder, steps }: Predecessor,
  { settings }: TrainingTask,
  layout: readonly ParameterBlock[],
  logs: TrainingLogs,
): { step: number; state: Float32Array[] } | null {
  if (verifyTask(folder, id).state !== 'done') return null;
  const finished = readFinished(folder, layout);
  if (finished === null) return null;
  logs.steps.addRows(finished.rows.steps, finished.rows.metrics);
  copyEvaluations(finished.evaluations, logs, settings.evaluateEverySteps);
  return { step: steps, state: finished.state };
}

/** All that is needed of the finished task, before anything is made of it; null if something can't be read. */
function readFinished(folder: string, layout: readonly ParameterBlock[]) {
  try {
    const state = readState(join(folder, TASK_FILES.parameters), layout);
    const rows = readSteps(readLog(join(folder, TASK_FILES.steps)));
    const evaluations = readLog(join(folder, TASK_FILES.evaluations));
    return state && { state, rows, evaluations };
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

/** Parameters and moments, or null if one is missing. */
function readState(file: string, layout: readonly ParameterBlock[]): Float32Array[] | null {
  const { tensors } = readSafetensors(file);
  const vector = (name: string, size: number) => {
    const values = tensors.get(name)?.values;
    return values instanceof Float32Array && values.length === size ? values : null;
  };
  const parameters = new Float32Array(parameterCount(layout));
  for (const { name, shape, offset } of layout) {
    const block = vector(name, shape[0] * shape[1]);
    if (block === null) return null;
    parameters.set(block, offset);
  }
  const moments = MOMENTS.map((name) => vector(name, parameters.length));
  return moments.every((values) => values !== null) ? [parameters, ...moments] : null;
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

function copyEvaluations(table: Table, logs: TrainingLogs, everySteps: number): void {
  const names = table.schema.fields.map(({ name }) => name);
  for (let row = 0; row < table.numRows; row++) {
    if (Number(valueAt(table, 'step', row)) % everySteps !== 0) continue;
    logs.addEvaluation(Object.fromEntries(names.map((name) => [name, valueAt(table, name, row)])));
  }
}
