import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'safe-stable-stringify';
import { z } from 'zod';
import { CorruptTaskError } from '../../../errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  type SafetensorsFile,
} from '../../../store/safetensors.js';
import type { StreamState } from '../../../logs/batch-stream.js';
import type { StepLogState } from '../../../logs/step-log.js';
import { cpuFeatures } from '../../../compiler/native/cpu.js';
import { inStore, writeFileDurably } from '../../../store/files.js';
import { TASK_FILES } from '../../../store/task-folder.js';

/** Everything that a task needs to resume after `step` steps as if it had never stopped. */
export interface Checkpoint {
  readonly step: number;
  /** Parameters and Adam's moments, flat. */
  readonly state: readonly Float32Array[];
  readonly stepLog: StepLogState;
  readonly evaluationLog: StreamState;
}

type Metadata = Readonly<Record<string, string>>;

const count = z.coerce.number().int().min(0);
const numbersSchema = z.object({ step: count, stepLogBytes: count, evaluationLogBytes: count });

const STATE_NAMES = ['parameters', 'firstMoment', 'secondMoment'];

/** Writes the checkpoint and keeps the one before it. The logs' bytes that it names are durable already. */
export function writeCheckpoint(folder: string, taskId: string, checkpoint: Checkpoint): void {
  const { step, state, stepLog, evaluationLog } = checkpoint;
  const tensors: NamedTensor[] = [
    ...state.map((values, index) => ({ name: STATE_NAMES[index] ?? '', shape: [values.length], values })),
    { name: 'pendingSteps', shape: [stepLog.pendingSteps.length], values: stepLog.pendingSteps },
    { name: 'pendingRows', shape: [stepLog.pendingRows.length], values: stepLog.pendingRows },
  ];
  const metadata = {
    task: taskId,
    step: String(step),
    stepLogBytes: String(stepLog.stream.bytes),
    stepLogSha256: stepLog.stream.sha256 ?? '',
    evaluationLogBytes: String(evaluationLog.bytes),
    evaluationLogSha256: evaluationLog.sha256 ?? '',
    cpu: cpuFeatures(),
  };
  const file = join(folder, TASK_FILES.checkpoint);
  inStore(`rename ${file}`, () => {
    if (existsSync(file)) renameSync(file, join(folder, TASK_FILES.checkpointBefore));
  });
  writeFileDurably(file, encodeSafetensors({ ...metadata, sha256: checksum(metadata, tensors) }, tensors));
}

/**
 * Reads a checkpoint to resume from.
 * @returns null if there is none
 * @throws a CorruptTaskError if it is broken or of another task, an Error if it was made on a CPU that may round differently
 */
export function readCheckpoint(path: string, taskId: string): Checkpoint | null {
  const read = readAnyCheckpoint(path, taskId);
  if (read === null) return null;
  const { cpu, ...checkpoint } = read;
  if (cpu === cpuFeatures()) return checkpoint;
  throw new Error(
    `${path} was made on a CPU with ${String(cpu)}, this one has ${cpuFeatures()}: the rest would round differently. ` +
      `Go on there, or delete its folder (vae-sweep rm) to train from the first step here.`,
  );
}

/**
 * Reads a checkpoint to inspect it, whatever CPU it was made on.
 * @returns null if there is none
 * @throws a CorruptTaskError if it is broken or of another task
 */
export function readAnyCheckpoint(
  path: string,
  taskId: string,
): (Checkpoint & { readonly cpu: string | undefined }) | null {
  if (!existsSync(path)) return null;
  const { metadata, tensors } = decode(path);
  const { sha256, ...described } = metadata;
  // Earlier versions did not know the logs' checksums, and left the metadata out of their own.
  const checked = 'stepLogSha256' in described ? described : null;
  if (metadata['task'] !== taskId || sha256 !== checksum(checked, [...tensors.values()]))
    throw new CorruptTaskError(`${path} is not a whole checkpoint of task ${taskId}`);
  const floats = (name: string) => {
    const values = tensors.get(name)?.values;
    if (values instanceof Float32Array) return values;
    throw new CorruptTaskError(`${path} lacks the array ${name}`);
  };
  const pendingSteps = tensors.get('pendingSteps')?.values;
  if (!(pendingSteps instanceof Int32Array))
    throw new CorruptTaskError(`${path} lacks the array pendingSteps`);
  const numbers = numbersSchema.safeParse(metadata);
  if (!numbers.success) throw new CorruptTaskError(`${path} has metadata that no checkpoint has`);
  const { step, stepLogBytes, evaluationLogBytes } = numbers.data;
  const sha256Of = (log: 'stepLog' | 'evaluationLog') => metadata[`${log}Sha256`] ?? null;
  return {
    cpu: metadata['cpu'],
    step,
    state: STATE_NAMES.map(floats),
    stepLog: {
      stream: { bytes: stepLogBytes, sha256: sha256Of('stepLog') },
      pendingSteps,
      pendingRows: floats('pendingRows'),
    },
    evaluationLog: { bytes: evaluationLogBytes, sha256: sha256Of('evaluationLog') },
  };
}

function decode(path: string): SafetensorsFile {
  try {
    return decodeSafetensors(readFileSync(path));
  } catch (error) {
    throw new CorruptTaskError(`${path} is not a safetensors file`, { cause: error });
  }
}

function checksum(metadata: Metadata | null, tensors: readonly NamedTensor[]): string {
  const hash = createHash('sha256');
  if (metadata !== null) hash.update(stringify(metadata));
  for (const { name, values } of tensors) {
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
