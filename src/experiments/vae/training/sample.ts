import path from 'node:path';
import type { Tensor2D } from '@tensorflow/tfjs-node';
import { StoreError } from '../../../errors.js';
import { readLog, valueAt } from '../../../logs/read.js';
import { readSafetensors } from '../../../store/safetensors.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { normal } from '../../../compiler/random/distributions.js';
import { modelKey } from './random-streams/key-tree.js';
import { keyOf } from '../../../compiler/random/keys.js';
import { foldInWords } from '../../../compiler/random/words.js';
import { TASK_FILES } from '../../../store/task-folder.js';
import type { Task } from '../../../task/task.js';
import type { TrainingSettings, TrainingTask } from '../settings/task.js';
import { boundedDecoderLogVariance, generate } from '../model/loss.js';
import { buildModel, type Model } from '../model/model.js';
import { parameterLayout, parametersOf, type Parameters } from '../model/parameters.js';
import { thresholdAfter } from '../model/threshold.js';

/** Points of a block. They depend only on (seed, block), so a larger number of points starts with the same ones. */
const BLOCK_POINTS = 1_000;

export function coordinates({ settings }: Task): string[] {
  const { ambientDim } = settings as TrainingSettings;
  return Array.from({ length: ambientDim }, (_, i) => `x${i + 1}`);
}

/**
 * Draws points from the generator of a finished task, x~ = f(z) + eps * noise, in blocks of rows [n, ambientDim].
 * @param folder the task's folder
 * @param count number of points
 * @param seed seed of the latents and the noise
 * @throws a StoreError if the task's parameters are unreadable or have other shapes
 */
export function* samplePoints(
  task: Task,
  folder: string,
  count: number,
  seed: number,
): Generator<number[][]> {
  const own = task as TrainingTask;
  const model = buildModel(own.settings);
  const parameters = readParameters(model, path.join(folder, TASK_FILES.parameters));
  const logVariance = finalLogVariance(model, parameters, own, folder);
  for (let block = 0; block * BLOCK_POINTS < count; block++) {
    const rows = drawBlock(model, parameters, logVariance, seed, block);
    yield rows.slice(0, count - block * BLOCK_POINTS);
  }
}

/** Returns log eps^2 at the end of training. An optimal one is no parameter, but that of the points of the last evaluation. */
function finalLogVariance(
  model: Model,
  parameters: Parameters,
  { settings }: TrainingTask,
  folder: string,
): number {
  if (settings.decoderVarianceMethod === 'optimal') {
    const evaluations = readLog(path.join(folder, TASK_FILES.evaluations));
    return Number(valueAt(evaluations, 'decoderLogVariance', evaluations.numRows - 1));
  }
  return tf.tidy(
    () =>
      boundedDecoderLogVariance(model, parameters, thresholdAfter(settings, settings.steps)).dataSync()[0] ??
      NaN,
  );
}

function drawBlock(
  model: Model,
  parameters: Parameters,
  decoderLogVariance: number,
  seed: number,
  block: number,
) {
  const { latentDim, ambientDim } = model.settings;
  return tf.tidy(() => {
    const draw = (purpose: 'sampledLatents' | 'sampledNoise', width: number) =>
      normal(keyOf(foldInWords(modelKey(seed, purpose), block)), [BLOCK_POINTS, width]) as Tensor2D;
    const latents = draw('sampledLatents', latentDim);
    const noise = draw('sampledNoise', ambientDim);
    return generate(model, parameters, latents, noise, tf.scalar(decoderLogVariance)).arraySync();
  });
}

function readParameters(model: Model, file: string): Parameters {
  const { tensors } = readSafetensors(file);
  const blocks = parameterLayout(model).map(({ name, shape }) => {
    const saved = tensors.get(name);
    if (saved?.shape.join() !== shape.join())
      throw new StoreError(
        `${file} has no tensor ${name} of shape [${shape.join(', ')}]: delete its task with vae-sweep rm and train it again`,
      );
    return tf.tensor2d(new Float32Array(saved.values), [...shape], 'float32');
  });
  return parametersOf(model, blocks);
}
