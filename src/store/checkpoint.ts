import { createHash } from 'node:crypto';
import { closeSync, existsSync, fstatSync, openSync, readFileSync, renameSync, statSync } from 'node:fs';
import path from 'node:path';
import { stringify } from 'safe-stable-stringify';
import { z } from 'zod';
import { CorruptTaskError } from '../errors.js';
import { wrapStoreErrors, isMissing, reasonOf, writeFileDurably } from './files.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  readSafetensorsHead,
  type NamedTensor,
  type SafetensorsFile,
} from './safetensors.js';

const LATEST = 'checkpoint.safetensors';
const PREVIOUS = 'checkpoint-before.safetensors';
/** Checkpoint files in the order in which they are tried. The previous one is kept in case the latest turns out to be corrupt. */
export const CHECKPOINT_FILES = [LATEST, PREVIOUS] as const;

/** The durable prefix of a log's stream. */
export interface StreamState {
  readonly bytes: number;
  /** The checksum of these bytes; null in checkpoints of earlier versions. */
  readonly sha256: string | null;
}

/** The state of a log of steps or rows: durable batches, and pending rows that do not fill a batch yet. */
export interface StepLogState<Numbers = Float32Array | Float64Array> {
  readonly stream: StreamState;
  /** The step of each pending row. */
  readonly pendingSteps: Int32Array;
  /** The pending rows, in row-major order, of shape [pending, metrics]. */
  readonly pendingRows: Numbers;
}

/** Everything that a task needs to resume after `step` steps with the same results as if it had never stopped. */
export interface Checkpoint {
  readonly step: number;
  /** Features of the CPU that wrote the checkpoint: another CPU may round differently. */
  readonly cpu: string;
  /** The training state by name, as flat arrays. */
  readonly state: ReadonlyMap<string, Float32Array>;
  /** The state that a user's function saved, as JSON. */
  readonly saved?: string;
  readonly stepLog: StepLogState;
  readonly evaluationLog: StreamState;
}

const count = z.coerce.number().int().min(0);
const numbersSchema = z.object({ step: count, stepLogBytes: count, evaluationLogBytes: count });

/** Writes the checkpoint and keeps the previous one. The log bytes that it refers to must already be durable. */
export function writeCheckpoint(folder: string, taskId: string, checkpoint: Checkpoint): void {
  const { step, cpu, state, saved, stepLog, evaluationLog } = checkpoint;
  const arrays = [
    ...state,
    ['pendingSteps', stepLog.pendingSteps],
    ['pendingRows', stepLog.pendingRows],
  ] as const;
  const tensors = arrays.map(([name, values]) => ({ name, shape: [values.length], values }));
  const metadata = {
    task: taskId,
    step: String(step),
    stepLogBytes: String(stepLog.stream.bytes),
    stepLogSha256: stepLog.stream.sha256 ?? '',
    evaluationLogBytes: String(evaluationLog.bytes),
    evaluationLogSha256: evaluationLog.sha256 ?? '',
    cpu,
    ...(saved !== undefined && { saved }),
  };
  const file = path.join(folder, LATEST);
  wrapStoreErrors(`rename ${file}`, () => {
    if (existsSync(file)) renameSync(file, path.join(folder, PREVIOUS));
  });
  writeFileDurably(file, encodeSafetensors({ ...metadata, sha256: checksum(metadata, tensors) }, tensors));
}

/**
 * Opens the latest checkpoint, or the previous one if the latest is corrupt or `open` throws a CorruptTaskError for it.
 * @returns null if there is no checkpoint; `problem` describes the corrupt latest one, or is null
 * @throws a CorruptTaskError if all checkpoints are corrupt
 */
export function openNewestCheckpoint<T>(
  folder: string,
  taskId: string,
  open: (checkpoint: Checkpoint, file: string) => T,
): { readonly value: T; readonly problem: string | null } | null {
  const problems: string[] = [];
  for (const name of CHECKPOINT_FILES) {
    const file = path.join(folder, name);
    try {
      const checkpoint = readCheckpoint(file, taskId);
      if (checkpoint !== null) return { value: open(checkpoint, file), problem: problems[0] ?? null };
    } catch (error) {
      if (!(error instanceof CorruptTaskError)) throw error;
      problems.push(error.message);
    }
  }
  if (problems.length > 0) throw new CorruptTaskError(problems.join('; '));
  return null;
}

/**
 * Replaces the corrupt latest checkpoint with the previous one. Otherwise the next checkpoint would keep the corrupt one as its
 * predecessor, and a crash could leave no valid one.
 */
export function restorePreviousCheckpoint(folder: string): void {
  const file = path.join(folder, LATEST);
  wrapStoreErrors(`write ${file}`, () => {
    renameSync(path.join(folder, PREVIOUS), file);
  });
}

interface Progress {
  readonly step: number | null;
  readonly problem: string | null;
}

/**
 * Reads the step of the latest checkpoint, or of the previous one if the latest is corrupt. If both are corrupt, the result contains
 * the problem. Only the file headers are read: the checksum of the contents is verified when a task resumes from them.
 */
export function readProgress(folder: string): Progress {
  let problem: string | null = null;
  for (const name of CHECKPOINT_FILES) {
    const progress = progressIn(path.join(folder, name));
    if (progress.step !== null) return progress;
    problem ??= progress.problem;
  }
  return { step: null, problem };
}

function progressIn(file: string): Progress {
  const without = (problem: string | null): Progress => ({ step: null, problem });
  let descriptor: number;
  try {
    // Opening a named pipe would block until it has a writer.
    const stats = statSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return without(null);
    if (!stats.isFile()) return without('checkpoint is corrupt (not a regular file)');
    descriptor = openSync(file, 'r');
  } catch (error) {
    return without(isMissing(error) ? null : `checkpoint can't be read (${reasonOf(error)})`);
  }
  try {
    const { size } = fstatSync(descriptor);
    const head = readSafetensorsHead(descriptor, size);
    if (head === null) return without(`checkpoint is corrupt (truncated at ${size} bytes)`);
    if (head.fileBytes !== size)
      return without(`checkpoint is corrupt (${size} instead of ${head.fileBytes} bytes)`);
    return { step: count.parse(head.metadata['step']), problem: null };
  } catch {
    return without('checkpoint is corrupt (its header is invalid)');
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a checkpoint and verifies its checksum.
 * @returns null if the file does not exist
 * @throws a CorruptTaskError if it is corrupt or belongs to another task
 */
export function readCheckpoint(file: string, taskId: string): Checkpoint | null {
  if (!existsSync(file)) return null;
  const { metadata, tensors } = decode(file);
  const { sha256, ...described } = metadata;
  // Earlier versions stored no checksums of the logs, and did not include the metadata in the checkpoint's own checksum.
  const checked = 'stepLogSha256' in described ? described : null;
  if (metadata['task'] !== taskId || sha256 !== checksum(checked, [...tensors.values()]))
    throw new CorruptTaskError(`${file} is not a valid checkpoint of task ${taskId}`);
  const numbers = numbersSchema.safeParse(metadata);
  if (!numbers.success) throw new CorruptTaskError(`${file} has invalid metadata`);
  const { step, stepLogBytes, evaluationLogBytes } = numbers.data;
  const state = new Map<string, Float32Array>();
  for (const { name, values } of tensors.values())
    if (values instanceof Float32Array) state.set(name, values);
  const pendingSteps = tensors.get('pendingSteps')?.values;
  const pendingRows = tensors.get('pendingRows')?.values;
  if (!(pendingSteps instanceof Int32Array) || pendingRows === undefined || pendingRows instanceof Int32Array)
    throw new CorruptTaskError(`${file} lacks the arrays of pending log rows`);
  state.delete('pendingRows');
  const sha256Of = (log: 'stepLog' | 'evaluationLog') => {
    const written = metadata[`${log}Sha256`] ?? '';
    return written === '' ? null : written;
  };
  return {
    step,
    cpu: metadata['cpu'] ?? 'unknown',
    state,
    stepLog: {
      stream: { bytes: stepLogBytes, sha256: sha256Of('stepLog') },
      pendingSteps,
      pendingRows,
    },
    evaluationLog: { bytes: evaluationLogBytes, sha256: sha256Of('evaluationLog') },
    ...(metadata['saved'] !== undefined && { saved: metadata['saved'] }),
  };
}

function decode(file: string): SafetensorsFile {
  try {
    return decodeSafetensors(readFileSync(file));
  } catch (error) {
    throw new CorruptTaskError(`${file} is not a safetensors file`, { cause: error });
  }
}

function checksum(
  metadata: Readonly<Record<string, string>> | null,
  tensors: readonly Pick<NamedTensor, 'name' | 'values'>[],
): string {
  const hash = createHash('sha256');
  if (metadata !== null) hash.update(stringify(metadata));
  for (const { name, values } of tensors) {
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
