import '../../src/experiments/index.js';
import { identify } from '../../src/task/identity.js';
import type { TrainingSettings, TrainingTask } from '../../src/task/task.js';
import { TASK_FILES } from '../../src/store/task-folder.js';

/** A task of the linear experiment; `id` is the seed in 16 hexadecimal digits, not a hash. */
export function sampleTask(seed: number, settings: Partial<TrainingSettings> = {}): TrainingTask {
  const id = seed.toString(16).padStart(16, '0');
  return {
    id,
    name: `linear-3-12-20-seed-${seed}-${id}`,
    settings: {
      kind: 'train',
      experiment: 'linear',
      intrinsicDim: 3,
      ambientDim: 12,
      latentDim: 20,
      seed,
      modelSeed: 0,
      steps: 100,
      batchSize: 100,
      learningRate: 1e-3,
      hiddenWidths: [],
      biases: true,
      decoderNoise: false,
      initialDecoderLogVariance: -1,
      decoderLogVarianceThreshold: null,
      evaluateEverySteps: 50,
      evaluationPoints: 1000,
      logEverySteps: 1,
      engine: 'compiled',
      ...settings,
    },
    versions: { tensorflow: '2.21.0', numerics: 1 },
  };
}

/** One whose id is that of its settings. */
export function identifiedTask(seed: number): TrainingTask {
  const { settings, versions } = sampleTask(seed);
  return identify(settings, versions);
}

/** What a worker leaves at a task's end, with a few bytes in each file. */
export function sampleResults(text = 'content'): Record<string, Uint8Array> {
  const names = [TASK_FILES.steps, TASK_FILES.evaluations, TASK_FILES.samples, TASK_FILES.parameters];
  return Object.fromEntries(names.map((name) => [name, Buffer.from(`${name} ${text}`)]));
}

/** A checkpoint as small as the format allows: one float32 tensor and the step. */
export function checkpointBytes(step: number): Buffer {
  const header = Buffer.from(
    JSON.stringify({
      __metadata__: { step: String(step) },
      weights: { dtype: 'F32', shape: [1], data_offsets: [0, 4] },
    }),
  );
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(header.length));
  return Buffer.concat([length, header, Buffer.alloc(4)]);
}
