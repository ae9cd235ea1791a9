import { join } from 'node:path';
import type { Table } from 'apache-arrow';
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
  const { tensors } = readSafetensors(join(folder, TASK_FILES.parameters));
  const moments = MOMENTS.map((name) => tensors.get(name)?.values).filter(
    (values) => values instanceof Float32Array,
  );
  if (moments.length < MOMENTS.length) return null;
  const parameters = new Float32Array(parameterCount(layout));
  for (const { name, offset } of layout) parameters.set(tensors.get(name)?.values ?? [], offset);
  copySteps(readLog(join(folder, TASK_FILES.steps)), logs);
  copyEvaluations(readLog(join(folder, TASK_FILES.evaluations)), logs, settings.evaluateEverySteps);
  return { step: steps, state: [parameters, ...moments] };
}

function copySteps(table: Table, logs: TrainingLogs): void {
  const steps = Int32Array.from(readNumbers(table, 'step'));
  const columns = STEP_METRICS.map((name) => readNumbers(table, name));
  const rows = new Float32Array(steps.length * columns.length);
  columns.forEach((column, index) => {
    for (let row = 0; row < steps.length; row++) rows[row * columns.length + index] = column[row] ?? NaN;
  });
  logs.steps.addRows(steps, rows);
}

function copyEvaluations(table: Table, logs: TrainingLogs, everySteps: number): void {
  const names = table.schema.fields.map(({ name }) => name);
  for (let row = 0; row < table.numRows; row++) {
    if (Number(valueAt(table, 'step', row)) % everySteps !== 0) continue;
    logs.addEvaluation(Object.fromEntries(names.map((name) => [name, valueAt(table, name, row)])));
  }
}
