import { join } from 'node:path';
import type { Table } from 'apache-arrow';
import { cpuFeatures } from '../../compiler/native/cpu.js';
import { CorruptTaskError, StoreError } from '../../errors.js';
import { readLog, readNumbers, rowAt, valueAt } from '../../logs/read.js';
import { openNewestCheckpoint, restorePreviousCheckpoint, type Checkpoint } from '../../store/checkpoint.js';
import { readSafetensors } from '../../store/safetensors.js';
import { TASK_FILES, verifyTask } from '../../store/task-folder.js';
import type { TrainingColumns } from '../../task/experiment.js';
import type { Predecessor, TrainRequest } from '../../task/protocol.js';
import type { Task } from '../../task/task.js';
import { archiveOf, commonSteps, decodeState, type StateValues } from './archive.js';
import type { LoopProgram, TrainedSettings, Training } from './definition.js';
import { CONTINUATION_STEP, TrainingLogs } from './training-logs.js';

/** Where an attempt starts. `logs` are open and hold everything up to `step`. */
export interface Start {
  /** Number of steps that are done; 0 if training starts from the beginning. */
  readonly step: number;
  /** State after `step` steps, or null if training starts from the beginning. */
  readonly state: StateValues | null;
  readonly logs: TrainingLogs;
  /** What was corrupt and where the attempt resumes instead; null if nothing was corrupt. */
  readonly recovered: string | null;
}

/** The parts of a training that decide how a longer task continues from it. */
type Continuation = Pick<Training, 'archive' | 'commonSteps'>;

/**
 * Resumes from the latest checkpoint, from the previous checkpoint if the latest one is corrupt, or else from a finished task with
 * fewer steps.
 * @param shapes shapes of the state's tensors, by name
 * @throws a CorruptTaskError if all checkpoints are corrupt, an Error if the checkpoint was made on a CPU that may round differently
 */
export function resume(
  { folder, task, predecessor }: TrainRequest<Task<TrainedSettings>>,
  columns: TrainingColumns,
  shapes: LoopProgram['state'],
  training: Continuation,
): Start {
  const found = openNewestCheckpoint(folder, task.id, (checkpoint, file) => {
    const state = stateOf(checkpoint, Object.keys(shapes), file);
    return { step: checkpoint.step, state, logs: new TrainingLogs(folder, task, columns, checkpoint) };
  });
  if (found !== null) {
    const { value, problem } = found;
    if (problem === null) return { ...value, recovered: null };
    restorePreviousCheckpoint(folder);
    return { ...value, recovered: `${problem}; resumed from the previous checkpoint at step ${value.step}` };
  }
  const logs = new TrainingLogs(folder, task, columns, null);
  try {
    const start = predecessor && continueFrom(predecessor, task, shapes, training, logs);
    return { ...(start ?? { step: 0, state: null }), logs, recovered: null };
  } catch (error) {
    logs.close();
    throw error;
  }
}

function stateOf({ cpu, state }: Checkpoint, names: readonly string[], file: string): StateValues {
  if (cpu !== cpuFeatures())
    throw new Error(
      `${file} was made on a CPU with ${cpu}, but this CPU has ${cpuFeatures()}, so the remaining steps would round differently. ` +
        `Resume the task on a CPU like the first one, or delete it (vae-sweep rm) to train it from the start here.`,
    );
  return names.map((name) => {
    const values = state.get(name);
    if (values === undefined) throw new CorruptTaskError(`${file} has no array ${name}`);
    return values;
  });
}

/**
 * Copies the logs that a finished, shorter task shares with a longer one into the longer task's logs, and returns the shared state.
 * The result is bit-identical to training the longer task from the start: record batches are filled up again, and the evaluation
 * that the shorter task made only because it ended is left out. A task of which only the samples are damaged continues from itself, in
 * another folder, to make its last evaluation again.
 * @returns null if the shorter task is corrupt or has no state to continue from
 */
function continueFrom(
  { id, folder, steps }: Predecessor,
  task: Task<TrainedSettings>,
  shapes: LoopProgram['state'],
  training: Continuation,
  logs: TrainingLogs,
): { readonly step: number; readonly state: StateValues } | null {
  if (id !== task.id && verifyTask(folder, id).state !== 'done') return null;
  const finished = readFinished(folder, shapes, training, logs.metrics);
  const step = commonSteps(training, steps);
  if (finished === null || finished.step !== (step < steps ? step : null)) return null;
  const rows = finished.steps.filter((logged) => logged <= step);
  logs.steps.addRows(rows, finished.rows);
  copyEvaluations(finished.evaluations, logs, task.settings.evaluateEverySteps, step);
  return { step, state: finished.state };
}

/** Reads everything that is needed from the finished task before anything is written. Returns null if a file is unreadable. */
function readFinished(
  folder: string,
  shapes: LoopProgram['state'],
  training: Continuation,
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
