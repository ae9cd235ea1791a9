import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { RecordBatch, Table } from 'apache-arrow';
import { CorruptTaskError, StoreError } from '../errors.js';
import { decodeLog } from '../logs/decode.js';
import { streamToFile, type ColumnValues } from '../logs/encode.js';
import { readLog, valueAt } from '../logs/read.js';
import type { StreamState } from '../logs/batch-stream.js';
import { stepSchema } from '../logs/schemas.js';
import type { StepLogState } from '../logs/step-log.js';
import { inStore } from '../store/files.js';
import { TASK_FILES } from '../store/task-folder.js';
import type { Task } from '../task/task.js';
import { readAnyCheckpoint } from '../experiments/vae/training/checkpoint.js';
import type { ExportTask } from './table.js';

/** Rows of a log that are in memory together. */
export interface LogRows {
  readonly rows: number;
  readonly names: readonly string[];
  /** Null for one that the log does not have. */
  readonly column: (name: string) => ColumnValues | null;
}

type LogName = 'steps' | 'evaluations' | 'rows';

/**
 * The rows of a task's log, batch by batch: all of a task that is done; of one that trains what its last checkpoint names. A log is
 * in memory as a whole, one at a time: a training log has 10,000,000 rows at most, a computation's a million.
 */
export function* logRows(task: ExportTask, log: LogName): Generator<LogRows> {
  if (task.state === 'done') yield* tableRows(readLog(path.join(task.folder, TASK_FILES[log])));
  else if (log !== 'rows') yield* unfinishedRows(task, log);
}

function* tableRows(table: Table): Generator<LogRows> {
  for (const batch of table.batches)
    yield {
      rows: batch.numRows,
      names: batch.schema.fields.map(({ name }) => name),
      column: (name) => columnValues(batch, name),
    };
}

function columnValues(batch: RecordBatch, name: string): ColumnValues | null {
  const vector = batch.getChild(name);
  if (vector === null) return null;
  const values: unknown = vector.nullCount === 0 ? vector.toArray() : null;
  if (values instanceof Float32Array || values instanceof Float64Array || values instanceof Int32Array)
    return values;
  return Array.from({ length: batch.numRows }, (_, row) => valueAt(batch, name, row));
}

/** A run may go on meanwhile: it replaces checkpoints, and appends to the streams whose lengths they name. */
function* unfinishedRows({ task, folder }: ExportTask, log: 'steps' | 'evaluations'): Generator<LogRows> {
  const checkpoint = newestIntactCheckpoint(folder, task.id);
  if (checkpoint === null) return;
  const { stepLog, evaluationLog } = checkpoint;
  if (log === 'evaluations') {
    yield* streamRows(path.join(folder, TASK_FILES.evaluationsStream), evaluationLog);
    return;
  }
  yield* streamRows(path.join(folder, TASK_FILES.stepsStream), stepLog.stream);
  yield* pendingRows(task, stepLog);
}

/**
 * Reads the newest intact checkpoint.
 * @returns null if there is none
 * @throws a CorruptTaskError if there are checkpoints but all are corrupt
 */
function newestIntactCheckpoint(folder: string, taskId: string): ReturnType<typeof readAnyCheckpoint> {
  let problem: CorruptTaskError | null = null;
  for (const name of [TASK_FILES.checkpoint, TASK_FILES.checkpointBefore]) {
    try {
      const checkpoint = readAnyCheckpoint(path.join(folder, name), taskId);
      if (checkpoint !== null) return checkpoint;
    } catch (error) {
      if (!(error instanceof CorruptTaskError)) throw error;
      problem ??= error;
    }
  }
  if (problem !== null) throw problem;
  return null;
}

function* streamRows(file: string, { bytes, sha256 }: StreamState): Generator<LogRows> {
  if (bytes === 0) return;
  const start = readStart(file, bytes);
  if (sha256 !== null && createHash('sha256').update(start).digest('hex') !== sha256)
    throw new StoreError(`${file} is not as its checkpoint says (SHA-256)`);
  yield* tableRows(decodeStream(file, start));
}

function decodeStream(file: string, bytes: Uint8Array): Table {
  try {
    return decodeLog(streamToFile(bytes));
  } catch (error) {
    throw new StoreError(`${file} is not a log (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
}

function readStart(file: string, bytes: number): Uint8Array {
  const start = Buffer.alloc(bytes);
  const descriptor = inStore(`read ${file}`, () => openSync(file, 'r'));
  try {
    for (let done = 0; done < bytes;) {
      const read = readSync(descriptor, start, done, bytes - done, done);
      if (read === 0) throw new StoreError(`${file} is shorter than its checkpoint says`);
      done += read;
    }
  } finally {
    closeSync(descriptor);
  }
  return start;
}

/** Rows that do not fill a batch of the stream yet are in the checkpoint. */
function* pendingRows(task: Task, { pendingSteps, pendingRows }: StepLogState): Generator<LogRows> {
  if (pendingSteps.length === 0) return;
  // The step, then the metrics, as the checkpoint has them row by row.
  const names = stepSchema(task).fields.map(({ name }) => name);
  const width = names.length - 1;
  const metric = (index: number): Float32Array =>
    Float32Array.from(pendingSteps, (_, row) => pendingRows[row * width + index] ?? NaN);
  const columns = new Map<string, ColumnValues>(
    names.map((name, index) => [name, index === 0 ? pendingSteps : metric(index - 1)]),
  );
  yield { rows: pendingSteps.length, names, column: (name) => columns.get(name) ?? null };
}
