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
const BEFORE = 'checkpoint-before.safetensors';
/** In the order in which they are tried: the one before the latest is kept in case that turns out to be corrupt. */
export const CHECKPOINT_FILES = [LATEST, BEFORE] as const;

/** How much of a log's stream is durable. */
export interface StreamState {
  readonly bytes: number;
  /** Of these bytes; null in checkpoints of earlier versions. */
  readonly sha256: string | null;
}

/** Where a log of steps or rows is: durable batches, and rows that do not fill one yet. */
export interface StepLogState<Numbers = Float32Array | Float64Array> {
  readonly stream: StreamState;
  /** The number of each pending row's step. */
  readonly pendingSteps: Int32Array;
  /** Row-major, [pending, metrics]. */
  readonly pendingRows: Numbers;
}

/** Everything that a task needs to resume after `step` steps as if it had never stopped. */
export interface Checkpoint {
  readonly step: number;
  /** Features of the CPU that made it: another may round differently. */
  readonly cpu: string;
  /** The state of the training by name, flat. */
  readonly state: ReadonlyMap<string, Float32Array>;
  /** What a function saved, as JSON. */
  readonly saved?: string;
  readonly stepLog: StepLogState;
  readonly evaluationLog: StreamState;
}

const count = z.coerce.number().int().min(0);
const numbersSchema = z.object({ step: count, stepLogBytes: count, evaluationLogBytes: count });

/** Writes the checkpoint and keeps the one before it. The logs' bytes that it names are durable already. */
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
    if (existsSync(file)) renameSync(file, path.join(folder, BEFORE));
  });
  writeFileDurably(file, encodeSafetensors({ ...metadata, sha256: checksum(metadata, tensors) }, tensors));
}

/**
 * Opens the latest checkpoint or, where that is corrupt or `open` says so, the one before it.
 * @returns null if there is none; `problem` says what is wrong with the latest
 * @throws a CorruptTaskError if there are checkpoints but all are corrupt
 */
export function fromNewest<T>(
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

/** Puts the one before in the latest one's place: else the next checkpoint would keep the corrupt one, and a crash then leave no other. */
export function replaceCorrupt(folder: string): void {
  const file = path.join(folder, LATEST);
  wrapStoreErrors(`write ${file}`, () => {
    renameSync(path.join(folder, BEFORE), file);
  });
}

interface Progress {
  readonly step: number | null;
  readonly problem: string | null;
}

/**
 * Reads the step of the latest checkpoint or, where that is cut short or overwritten, of the one before it; else what is wrong with
 * them. It reads their heads alone: whether their numbers are right is checked by whoever resumes from them.
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
    // Opening a pipe would wait for a writer.
    if (!statSync(file).isFile()) return without('checkpoint is broken (not a file)');
    descriptor = openSync(file, 'r');
  } catch (error) {
    return without(isMissing(error) ? null : `checkpoint can't be read (${reasonOf(error)})`);
  }
  try {
    const { size } = fstatSync(descriptor);
    const head = readSafetensorsHead(descriptor, size);
    if (head === null) return without(`checkpoint is broken (cut short at ${size} bytes)`);
    if (head.fileBytes !== size)
      return without(`checkpoint is broken (${size} bytes, not ${head.fileBytes})`);
    return { step: count.parse(head.metadata['step']), problem: null };
  } catch {
    return without('checkpoint is broken (its header is not that of a checkpoint)');
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Reads a whole checkpoint.
 * @returns null if there is none
 * @throws a CorruptTaskError if it is broken or of another task
 */
export function readCheckpoint(file: string, taskId: string): Checkpoint | null {
  if (!existsSync(file)) return null;
  const { metadata, tensors } = decode(file);
  const { sha256, ...described } = metadata;
  // Earlier versions did not know the logs' checksums, and left the metadata out of their own.
  const checked = 'stepLogSha256' in described ? described : null;
  if (metadata['task'] !== taskId || sha256 !== checksum(checked, [...tensors.values()]))
    throw new CorruptTaskError(`${file} is not a whole checkpoint of task ${taskId}`);
  const numbers = numbersSchema.safeParse(metadata);
  if (!numbers.success) throw new CorruptTaskError(`${file} has metadata that no checkpoint has`);
  const { step, stepLogBytes, evaluationLogBytes } = numbers.data;
  const state = new Map<string, Float32Array>();
  for (const { name, values } of tensors.values())
    if (values instanceof Float32Array) state.set(name, values);
  const pendingSteps = tensors.get('pendingSteps')?.values;
  const pendingRows = tensors.get('pendingRows')?.values;
  if (!(pendingSteps instanceof Int32Array) || pendingRows === undefined || pendingRows instanceof Int32Array)
    throw new CorruptTaskError(`${file} lacks the arrays of pending rows`);
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
