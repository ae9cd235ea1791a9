import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import { StoreError } from '../../errors.js';
import { readLog, readNumbers, rowAt, valueAt } from '../../logs/read.js';
import { readSafetensors, type SafetensorsFile } from '../../store/safetensors.js';
import { TASK_FILES, verifyTask } from '../../store/task-folder.js';
import type { Predecessor } from '../../task/protocol.js';
import type { StateValues } from './archive.js';
import { CONTINUATION_STEP, type TrainingLogs } from './training-logs.js';

/** Reads the state to continue from. @param isFinal whether that is the final one @returns null if part of it is missing */
type Decode = (tensors: SafetensorsFile['tensors'], isFinal: boolean) => StateValues | null;

/**
 * The state that a finished task of fewer steps has in common with a longer one, its logs up to there copied into those of the longer
 * one, so that the bits are those of a task that was trained at once: batches fill up again, and an evaluation that was only made at its
 * end is left out.
 * @param step that of the state
 * @returns null if it can't be trusted or lacks what a longer task needs
 */
export function readPredecessor(
  { id, folder, steps }: Predecessor,
  step: number,
  decode: Decode,
  evaluateEverySteps: number,
  logs: TrainingLogs,
): { readonly step: number; readonly state: StateValues } | null {
  if (verifyTask(folder, id).state !== 'done') return null;
  const finished = readFinished(folder, decode, logs.metrics);
  if (finished === null || finished.step !== (step < steps ? step : null)) return null;
  const rows = finished.steps.filter((logged) => logged <= step);
  logs.steps.addRows(rows, finished.rows);
  copyEvaluations(finished.evaluations, logs, evaluateEverySteps, step);
  return { step, state: finished.state };
}

/** All that is needed of the finished task, before anything is made of it; null if something can't be read. */
function readFinished(folder: string, decode: Decode, metrics: readonly string[]) {
  try {
    const { tensors, metadata } = readSafetensors(join(folder, TASK_FILES.parameters));
    const saved = metadata[CONTINUATION_STEP];
    const state = decode(tensors, saved === undefined);
    const logged = readSteps(readLog(join(folder, TASK_FILES.steps)), metrics);
    const evaluations = readLog(join(folder, TASK_FILES.evaluations));
    return state && { step: saved === undefined ? null : Number(saved), state, ...logged, evaluations };
  } catch (error) {
    if (error instanceof StoreError) return null;
    throw error;
  }
}

function readSteps(table: Table, metrics: readonly string[]): { steps: Int32Array; rows: Float32Array } {
  const steps = Int32Array.from(readNumbers(table, 'step'));
  const columns = metrics.map((name) => readNumbers(table, name));
  const rows = new Float32Array(steps.length * columns.length);
  columns.forEach((column, index) => {
    for (let row = 0; row < steps.length; row++) rows[row * columns.length + index] = column[row] ?? NaN;
  });
  return { steps, rows };
}

function copyEvaluations(table: Table, logs: TrainingLogs, everySteps: number, lastStep: number): void {
  for (let row = 0; row < table.numRows; row++) {
    const step = Number(valueAt(table, 'step', row));
    if (step <= lastStep && step % everySteps === 0) logs.addEvaluation(rowAt(table, row));
  }
}
