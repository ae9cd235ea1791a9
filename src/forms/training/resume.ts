import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import { cpuFeatures } from '../../compiler/native/cpu.js';
import { CorruptTaskError, StoreError } from '../../errors.js';
import { readLog, readNumbers, rowAt, valueAt } from '../../logs/read.js';
import { fromNewest, replaceCorrupt, type Checkpoint } from '../../store/checkpoint.js';
import { readSafetensors } from '../../store/safetensors.js';
import { TASK_FILES, verifyTask } from '../../store/task-folder.js';
import type { TrainingColumns } from '../../task/experiment.js';
import type { Predecessor, TrainRequest } from '../../task/protocol.js';
import type { Task } from '../../task/task.js';
import { archiveOf, commonSteps, decodeState, type StateValues } from './archive.js';
import type { LoopProgram, TrainedSettings, Training } from './definition.js';
import { CONTINUATION_STEP, TrainingLogs } from './training-logs.js';

/** Where a task starts: its logs up to there, open, and the state of its training. */
export interface Start {
  /** 0 with `state` null: from the first step. */
  readonly step: number;
  readonly state: StateValues | null;
  readonly logs: TrainingLogs;
  /** What was broken, and what it resumes from instead; null if nothing was. */
  readonly recovered: string | null;
}

/** What a longer task has to know to continue. */
type Continued = Pick<Training, 'archive' | 'commonSteps'>;

/**
 * Resumes from the last checkpoint, from the one before it where that is broken, or from a finished task of fewer steps.
 * @param shapes of the state
 * @throws a CorruptTaskError if there is a checkpoint and none that can be trusted, an Error if it was made on a CPU that may round
 *   differently
 */
export function resume(
  { folder, task, predecessor }: TrainRequest<Task<TrainedSettings>>,
  columns: TrainingColumns,
  shapes: LoopProgram['state'],
  training: Continued,
): Start {
  const found = fromNewest(folder, task.id, (checkpoint, file) => {
    const state = stateOf(checkpoint, Object.keys(shapes), file);
    return { step: checkpoint.step, state, logs: new TrainingLogs(folder, task, columns, checkpoint) };
  });
  if (found !== null) {
    const { value, problem } = found;
    if (problem === null) return { ...value, recovered: null };
    replaceCorrupt(folder);
    return { ...value, recovered: `${problem}; resumed from the one before, of step ${value.step}` };
  }
  const logs = new TrainingLogs(folder, task, columns, null);
  try {
    const { evaluateEverySteps } = task.settings;
    const start = predecessor && continueFrom(predecessor, shapes, training, evaluateEverySteps, logs);
    return { ...(start ?? { step: 0, state: null }), logs, recovered: null };
  } catch (error) {
    logs.close();
    throw error;
  }
}

function stateOf({ cpu, state }: Checkpoint, names: readonly string[], file: string): StateValues {
  if (cpu !== cpuFeatures())
    throw new Error(
      `${file} was made on a CPU with ${cpu}, this one has ${cpuFeatures()}: the rest would round differently. ` +
        `Resume there, or delete its folder (vae-sweep rm) to train from the first step here.`,
    );
  return names.map((name) => {
    const values = state.get(name);
    if (values === undefined) throw new CorruptTaskError(`${file} lacks the array ${name}`);
    return values;
  });
}

/**
 * The state that a finished task of fewer steps has in common with a longer one, its logs up to there copied into those of the longer
 * one, so that the bits are those of a task that was trained at once: batches fill up again, and an evaluation that was only made at its
 * end is left out.
 * @returns null if it can't be trusted or lacks what a longer task needs
 */
function continueFrom(
  { id, folder, steps }: Predecessor,
  shapes: LoopProgram['state'],
  training: Continued,
  evaluateEverySteps: number,
  logs: TrainingLogs,
): { readonly step: number; readonly state: StateValues } | null {
  if (verifyTask(folder, id).state !== 'done') return null;
  const finished = readFinished(folder, shapes, training, logs.metrics);
  const step = commonSteps(training, steps);
  if (finished === null || finished.step !== (step < steps ? step : null)) return null;
  const rows = finished.steps.filter((logged) => logged <= step);
  logs.steps.addRows(rows, finished.rows);
  copyEvaluations(finished.evaluations, logs, evaluateEverySteps, step);
  return { step, state: finished.state };
}

/** All that is needed of the finished task, before anything is made of it; null if something can't be read. */
function readFinished(
  folder: string,
  shapes: LoopProgram['state'],
  training: Continued,
  metrics: readonly string[],
) {
  try {
    const { tensors, metadata } = readSafetensors(join(folder, TASK_FILES.parameters));
    const saved = metadata[CONTINUATION_STEP];
    const state = decodeState(archiveOf(training, shapes), shapes, tensors, saved === undefined);
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
