import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { CorruptTaskError } from '../errors.js';
import {
  decodeSafetensors,
  encodeSafetensors,
  type NamedTensor,
  type SafetensorsFile,
} from '../logs/safetensors.js';
import type { StepLogState } from '../logs/step-log.js';
import { cpuFeatures } from '../native/cpu.js';
import { writeFileDurably } from '../store/files.js';

/** Everything that a run needs to go on after `step` steps as if it had never stopped. */
export interface Checkpoint {
  readonly step: number;
  /** Parameters and Adam's moments, flat. */
  readonly state: readonly Float32Array[];
  readonly stepLog: StepLogState;
  readonly evaluationLogBytes: number;
}

const STATE_NAMES = ['parameters', 'firstMoment', 'secondMoment'];

/** Replaces the checkpoint, or leaves the old one. The logs' bytes that it names are durable already. */
export function writeCheckpoint(path: string, taskId: string, checkpoint: Checkpoint): void {
  const { step, state, stepLog, evaluationLogBytes } = checkpoint;
  const tensors: NamedTensor[] = [
    ...state.map((values, index) => ({ name: STATE_NAMES[index] ?? '', shape: [values.length], values })),
    { name: 'pendingSteps', shape: [stepLog.pendingSteps.length], values: stepLog.pendingSteps },
    { name: 'pendingRows', shape: [stepLog.pendingRows.length], values: stepLog.pendingRows },
  ];
  const metadata = {
    task: taskId,
    step: String(step),
    stepLogBytes: String(stepLog.bytes),
    evaluationLogBytes: String(evaluationLogBytes),
    cpu: cpuFeatures(),
    sha256: checksum(tensors),
  };
  writeFileDurably(path, encodeSafetensors(metadata, tensors));
}

/**
 * @returns null if there is none
 * @throws a CorruptTaskError if it is broken or of another task, an Error if it was made on a CPU that may round differently
 */
export function readCheckpoint(path: string, taskId: string): Checkpoint | null {
  if (!existsSync(path)) return null;
  const { metadata, tensors } = decode(path);
  if (metadata['task'] !== taskId || metadata['sha256'] !== checksum([...tensors.values()]))
    throw new CorruptTaskError(`${path} is not a whole checkpoint of task ${taskId}`);
  const floats = (name: string) => {
    const values = tensors.get(name)?.values;
    if (values instanceof Float32Array) return values;
    throw new CorruptTaskError(`${path} lacks the array ${name}`);
  };
  const pendingSteps = tensors.get('pendingSteps')?.values;
  if (!(pendingSteps instanceof Int32Array))
    throw new CorruptTaskError(`${path} lacks the array pendingSteps`);
  if (metadata['cpu'] !== cpuFeatures()) {
    throw new Error(
      `${path} was made on a CPU with ${String(metadata['cpu'])}, this one has ${cpuFeatures()}: the rest would round differently. ` +
        `Go on there, or delete the file to train from the first step here.`,
    );
  }
  return {
    step: Number(metadata['step']),
    state: STATE_NAMES.map(floats),
    stepLog: { bytes: Number(metadata['stepLogBytes']), pendingSteps, pendingRows: floats('pendingRows') },
    evaluationLogBytes: Number(metadata['evaluationLogBytes']),
  };
}

function decode(path: string): SafetensorsFile {
  try {
    return decodeSafetensors(readFileSync(path));
  } catch (error) {
    throw new CorruptTaskError(`${path} is not a safetensors file`, { cause: error });
  }
}

function checksum(tensors: readonly NamedTensor[]): string {
  const hash = createHash('sha256');
  for (const { name, values } of tensors) {
    hash.update(name).update(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
  }
  return hash.digest('hex');
}
