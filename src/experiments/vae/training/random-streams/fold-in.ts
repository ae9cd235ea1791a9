import type { Tensor1D, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../../compiler/native/tensorflow.js';
import { dataKey, modelKey } from './key-tree.js';
import { foldIn, key, type Key } from '../../../../compiler/random/keys.js';
import type { TrainingSettings } from '../../settings/task.js';
import type { Model } from '../../model/model.js';
import type { DrawPlan, EvaluationDraws, RandomStreams, StepDraws } from './streams.js';

const KEY = { dtype: 'int32', shape: [2] } as const;

type DrawSettings = Pick<TrainingSettings, 'batchSize' | 'evaluationPoints'>;

/** Returns the random streams of this project's key tree (`key-tree.ts`): each key is a function of (seed, purpose, step). */
export function foldInStreams(model: Model, settings: DrawSettings): RandomStreams {
  return {
    steps: stepPlan(model, settings.batchSize),
    evaluations: evaluationPlan(model, settings.evaluationPoints),
    keysOf: ({ seed, modelSeed }) => {
      const stepInputs = tf.tidy(() => [
        dataKey(seed, 'trainingPoints'),
        modelKey(modelSeed, 'latentNoise'),
        modelKey(modelSeed, 'decoderNoise'),
      ]);
      const kernels = tf.tidy(() => modelKey(modelSeed, 'initialParameters'));
      return {
        kernelKey: (_layer, index) => foldIn(kernels, index),
        stepInputs: () => stepInputs,
        evaluationInputs: () => [key(seed), key(modelSeed)],
        dispose: () => {
          tf.dispose([...stepInputs, kernels]);
        },
      };
    },
    commonSteps: (steps) => steps,
  };
}

function stepPlan({ sourceDim, settings }: Model, batchSize: number): DrawPlan<StepDraws> {
  const { latentDim, ambientDim, decoderNoise } = settings;
  const widths = [sourceDim, latentDim, ...(decoderNoise ? [ambientDim] : [])];
  return {
    inputs: [KEY, KEY, KEY],
    keys: (inputs, steps) => inputs.slice(0, widths.length).map((parent) => foldIn(parent as Key, steps)),
    counts: widths.map((width) => batchSize * width),
    arrange: (rows) => {
      const matrices = rows.map((row) => tf.reshape(row, [batchSize, -1]));
      const [source, latent, decoder = null] = matrices as [Tensor2D, Tensor2D, Tensor2D?];
      return { source, latent, decoder };
    },
  };
}

function evaluationPlan({ sourceDim, settings }: Model, points: number): DrawPlan<EvaluationDraws> {
  const { latentDim, ambientDim, decoderNoise } = settings;
  const always = [sourceDim, latentDim, latentDim, ambientDim];
  const widths = decoderNoise ? [...always, ambientDim] : always;
  return {
    inputs: [KEY, KEY],
    keys: ([seed, modelSeed], steps) =>
      evaluationKeys(seed as Key, modelSeed as Key, decoderNoise).map((parent) => foldIn(parent, steps)),
    counts: widths.map((width) => points * width),
    arrange: (rows) => {
      const [source, latentNoise, generatedLatents, generatedNoise, decoderNoise = null] = rows.map(
        (row, index) => row.reshape([-1, widths[index] ?? 1]),
      ) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D?];
      return { source, latentNoise, generatedLatents, generatedNoise, decoderNoise, scoreSource: null };
    },
  };
}

/** Returns the keys of an evaluation, in the order of the plan's widths. */
function evaluationKeys(seed: Key, modelSeed: Key, decoderNoise: boolean): Tensor1D[] {
  return [
    dataKey(seed, 'evaluationPoints'),
    modelKey(modelSeed, 'evaluationLatentNoise'),
    modelKey(modelSeed, 'generatedLatents'),
    modelKey(modelSeed, 'generatedNoise'),
    ...(decoderNoise ? [modelKey(modelSeed, 'evaluationDecoderNoise')] : []),
  ];
}
