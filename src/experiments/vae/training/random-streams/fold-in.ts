import type { Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../../compiler/native/tensorflow.js';
import { dataKey, modelKey } from './key-tree.js';
import { foldIn, keyOf, type Key } from '../../../../compiler/random/keys.js';
import { foldInWords } from '../../../../compiler/random/words.js';
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
      const stepKeys = [
        dataKey(seed, 'trainingPoints'),
        modelKey(modelSeed, 'latentNoise'),
        modelKey(modelSeed, 'decoderNoise'),
      ];
      const evaluationKeys = [
        dataKey(seed, 'evaluationPoints'),
        modelKey(modelSeed, 'evaluationLatentNoise'),
        modelKey(modelSeed, 'generatedLatents'),
        modelKey(modelSeed, 'generatedNoise'),
        modelKey(modelSeed, 'evaluationDecoderNoise'),
      ];
      const kernels = modelKey(modelSeed, 'initialParameters');
      const stepInputs = stepKeys.map(keyOf);
      return {
        kernelKey: (_layer, index) => keyOf(foldInWords(kernels, index)),
        stepInputs: () => stepInputs,
        evaluationInputs: () => evaluationKeys.map(keyOf),
        dispose: () => {
          tf.dispose(stepInputs);
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
    keys: stepKeys(widths.length),
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
    inputs: [KEY, KEY, KEY, KEY, KEY],
    keys: stepKeys(widths.length),
    counts: widths.map((width) => points * width),
    arrange: (rows) => {
      const [source, latentNoise, generatedLatents, generatedNoise, decoderNoise = null] = rows.map(
        (row, index) => row.reshape([-1, widths[index] ?? 1]),
      ) as [Tensor2D, Tensor2D, Tensor2D, Tensor2D, Tensor2D?];
      return { source, latentNoise, generatedLatents, generatedNoise, decoderNoise, scoreSource: null };
    },
  };
}

/** Folds the step into the first `count` inputs, each the key of a purpose. */
function stepKeys(count: number): DrawPlan<unknown>['keys'] {
  return (inputs, steps) => inputs.slice(0, count).map((parent) => foldIn(parent as Key, steps));
}
