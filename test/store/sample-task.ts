import '../../src/experiments/index.js';
import { identify } from '../../src/task/identity.js';
import type { TrainingSettings, TrainingTask } from '../../src/experiments/vae/settings/task.js';
import { encodeSafetensors } from '../../src/store/safetensors.js';
import { TASK_FILES } from '../../src/store/task-folder.js';

/** Returns a task of the linear experiment. Its `id` is the seed in 16 hexadecimal digits, not a hash. */
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

/** Returns a sample task with an id that matches its settings. */
export function identifiedTask(seed: number): TrainingTask {
  const { settings, versions } = sampleTask(seed);
  return identify(settings, versions);
}

/** Returns the files that a worker writes at the end of a task, with a few bytes in each. */
export function sampleResults(text = 'content'): Record<string, Uint8Array> {
  const names = [TASK_FILES.steps, TASK_FILES.evaluations, TASK_FILES.samples, TASK_FILES.parameters];
  return Object.fromEntries(names.map((name) => [name, Buffer.from(`${name} ${text}`)]));
}

/** Returns the minimal checkpoint from which the progress of its task can be read. */
export function checkpointBytes(step: number): Uint8Array {
  return encodeSafetensors({ step: String(step) }, [
    { name: 'weights', shape: [1], values: new Float32Array(1) },
  ]);
}
