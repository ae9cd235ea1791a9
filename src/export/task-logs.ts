import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readSync } from 'node:fs';
import path from 'node:path';
import type { RecordBatch, Table } from 'apache-arrow';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { decodeLog } from '../logs/decode.js';
import { streamToFile, type ColumnValues } from '../logs/encode.js';
import { readLog, valueAt } from '../logs/read.js';
import { readSafetensors, type SafetensorsFile } from '../logs/safetensors.js';
import { inStore } from '../store/files.js';
import { TASK_FILES } from '../store/task-folder.js';
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
export function* logRows({ folder, state }: ExportTask, log: LogName): Generator<LogRows> {
  if (state === 'done') yield* tableRows(readLog(path.join(folder, TASK_FILES[log])));
  else if (log !== 'rows') yield* unfinishedRows(folder, log);
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

const count = z.coerce.number().int().min(0);
const metadataSchema = z.object({
  stepLogBytes: count,
  stepLogSha256: z.string(),
  evaluationLogBytes: count,
  evaluationLogSha256: z.string(),
});

/** A run may go on meanwhile: it replaces checkpoints, and appends to the streams whose lengths they name. */
function* unfinishedRows(folder: string, log: 'steps' | 'evaluations'): Generator<LogRows> {
  const file = [TASK_FILES.checkpoint, TASK_FILES.checkpointBefore]
    .map((name) => path.join(folder, name))
    .find((name) => existsSync(name));
  if (file === undefined) return;
  const checkpoint = readSafetensors(file);
  const metadata = metadataSchema.safeParse(checkpoint.metadata);
  if (!metadata.success) throw new StoreError(`${file} has metadata that no checkpoint has`);
  const { stepLogBytes, stepLogSha256, evaluationLogBytes, evaluationLogSha256 } = metadata.data;
  const [name, bytes, sha256] =
    log === 'steps'
      ? [TASK_FILES.stepsStream, stepLogBytes, stepLogSha256]
      : [TASK_FILES.evaluationsStream, evaluationLogBytes, evaluationLogSha256];
  if (bytes > 0) yield* tableRows(readStreamStart(path.join(folder, name), bytes, sha256));
  if (log === 'steps') yield* pendingRows(checkpoint);
}

function readStreamStart(file: string, bytes: number, sha256: string): Table {
  const start = readStart(file, bytes);
  if (sha256 !== '' && createHash('sha256').update(start).digest('hex') !== sha256)
    throw new StoreError(`${file} is not as its checkpoint says (SHA-256)`);
  try {
    return decodeLog(streamToFile(start));
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

const STEP_METRICS = ['loss', 'reconstruction', 'kl', 'squaredError', 'decoderLogVariance'];

/** Rows that do not fill a batch of the stream yet are in the checkpoint. */
function* pendingRows({ tensors }: SafetensorsFile): Generator<LogRows> {
  const steps = tensors.get('pendingSteps')?.values ?? new Int32Array();
  const values = tensors.get('pendingRows')?.values ?? new Float32Array();
  const width = STEP_METRICS.length;
  if (values.length !== steps.length * width)
    throw new StoreError('a checkpoint has other pending rows than steps');
  if (steps.length === 0) return;
  const columns = new Map<string, ColumnValues>([['step', steps]]);
  STEP_METRICS.forEach((name, index) => {
    columns.set(
      name,
      Float32Array.from(steps, (_, row) => values[row * width + index] ?? NaN),
    );
  });
  yield { rows: steps.length, names: [...columns.keys()], column: (name) => columns.get(name) ?? null };
}
