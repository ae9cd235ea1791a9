import '../../../native-environment.js';
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import type { Clock } from '../../../../src/task/protocol.js';
import type { Predecessor } from '../../../../src/task/protocol.js';
import type { TrainingSettings, TrainingTask } from '../../../../src/experiments/vae/settings/task.js';
import { vaeTraining } from '../../../../src/experiments/vae/training/definition.js';
import { ProgramCache } from '../../../../src/forms/training/program-cache.js';
import type { TaskOutcome } from '../../../../src/task/outcome.js';
import { train } from '../../../../src/forms/training/train.js';

/** A short linear task whose evaluations and record batches are not aligned with chunks. */
export const shortSettings: TrainingSettings = {
  kind: 'train',
  experiment: 'linear',
  intrinsicDim: 2,
  ambientDim: 4,
  latentDim: 3,
  seed: 2,
  modelSeed: 0,
  steps: 2300,
  batchSize: 16,
  learningRate: 1e-3,
  hiddenWidths: [],
  biases: true,
  decoderNoise: true,
  initialDecoderLogVariance: -1,
  decoderLogVarianceThreshold: null,
  evaluateEverySteps: 700,
  evaluationPoints: 50,
  logEverySteps: 1,
  engine: 'c',
};

function taskOf(settings: TrainingSettings): TrainingTask {
  return { id: '0123456789abcdef', name: 'short', settings, versions: { tensorflow: '2.21.0', numerics: 1 } };
}

export function temporaryFolder(): { path: string; remove: () => void } {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'vae-sweep-test-'));
  return {
    path: folder,
    remove: () => {
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

const programs = new ProgramCache(vaeTraining);

/** Trains in this thread. Setting `stop[0] = 1` requests a stop after the current chunk. */
export function trainHere(
  folder: string,
  settings: TrainingSettings,
  options: {
    checkpointEveryMs?: number;
    clock?: Clock;
    stop?: Int32Array;
    predecessor?: Predecessor;
  } = {},
): TaskOutcome {
  const shared = options.stop ?? new Int32Array(new SharedArrayBuffer(8));
  const request = {
    type: 'train',
    task: taskOf(settings),
    folder,
    predecessor: options.predecessor ?? null,
    checkpointEveryMs: options.checkpointEveryMs ?? 60_000,
    shared: shared.buffer as SharedArrayBuffer,
    slot: 0,
  } as const;
  return train(request, programs, options.clock ?? frozenClock());
}

/** A clock on which chunks take no time, so that they have their full length. */
function frozenClock(): Clock {
  return { now: () => 0, date: () => new Date(0) };
}

/** Trains with a stop after every chunk until the task is done. @returns the number of stops */
export function trainWithStops(folder: string, settings: TrainingSettings): number {
  for (let stops = 0; ; stops++) {
    const stop = new Int32Array(new SharedArrayBuffer(8));
    const outcome = trainHere(folder, settings, { stop, clock: stoppingClock(stop, 2) });
    if (outcome.type !== 'stopped') return stops;
  }
}

/** A clock that requests a stop when it is read for the n-th time. */
export function stoppingClock(stop: Int32Array, reading: number): Clock {
  let readings = 0;
  return {
    ...frozenClock(),
    now: () => {
      if (++readings === reading) Atomics.store(stop, 0, 1);
      return 0;
    },
  };
}

const RESULT_FILES = ['steps.arrow', 'evaluations.arrow', 'samples.arrow', 'parameters.safetensors'];

/** Returns the SHA-256 of each file of a finished task. */
export function hashes(folder: string): string[] {
  return RESULT_FILES.map((file) =>
    createHash('sha256')
      .update(readFileSync(path.join(folder, file)))
      .digest('hex'),
  );
}
