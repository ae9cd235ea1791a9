import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { Loop, LoopBody, LoopShapes } from '../graph/loop.js';
import { tf } from '../native/tensorflow.js';
import { normal } from '../random/distributions.js';
import { dataKey, modelKey } from '../random/key-tree.js';
import { foldIn, key, type Key, type Keys } from '../random/keys.js';
import type { TrainingSettings } from '../sweep/task.js';
import type { Model } from '../vae/model.js';

/** Standard normal numbers of one evaluation, [evaluationPoints, width]; the decoder's noise is null for Eq. (3). */
export interface EvaluationDraws {
  readonly source: Tensor2D;
  readonly latentNoise: Tensor2D;
  readonly generatedLatents: Tensor2D;
  readonly generatedNoise: Tensor2D;
  readonly decoderNoise: Tensor2D | null;
}

const KEY = { dtype: 'int32', shape: [2] } as const;

type DrawSettings = Pick<TrainingSettings, 'evaluationPoints'>;

/** A loop whose one step draws what an evaluation needs, which becomes its state. An engine then makes it as fast as training. */
export function evaluationLoop(model: Model, settings: DrawSettings): { body: LoopBody; shapes: LoopShapes } {
  const sizes = widths(model).map((width) => settings.evaluationPoints * width);
  return {
    body: {
      keys: ([seed, modelSeed], steps) =>
        evaluationKeys(model, seed as Key, modelSeed as Key).map((parent) => foldIn(parent, steps)),
      draw: (keys) => keys.map((key, index) => normal(key as Keys, [sizes[index] ?? 0])),
      step: (_state, _keys, drawn) => ({ state: drawn.map((row) => row.clone()), metrics: tf.zeros([1]) }),
    },
    shapes: {
      inputs: [KEY, KEY],
      state: sizes.map((size) => ({ dtype: 'float32', shape: [size] }) as const),
    },
  };
}

/** Draws for the evaluation after `step` steps, with the loop that an engine has made. */
export function drawEvaluation(
  model: Model,
  loop: Loop,
  settings: TrainingSettings,
  step: number,
): EvaluationDraws {
  const { shapes } = evaluationLoop(model, settings);
  const empty = shapes.state.map(({ shape }) => tf.zeros([...shape]));
  const { state } = loop.run(empty, [key(settings.seed), key(settings.modelSeed)], step, 1);
  const matrices = widths(model).map((width, index) => state[index]?.reshape([-1, width]) as Tensor2D);
  const [source, latentNoise, generatedLatents, generatedNoise, decoderNoise = null] = matrices as [
    ...[Tensor2D, Tensor2D, Tensor2D, Tensor2D],
    Tensor2D?,
  ];
  return { source, latentNoise, generatedLatents, generatedNoise, decoderNoise };
}

/** Keys of what is drawn, in the order of `widths`. */
function evaluationKeys({ settings }: Model, seed: Key, modelSeed: Key): Key[] {
  return [
    dataKey(seed, 'evaluationPoints'),
    modelKey(modelSeed, 'evaluationLatentNoise'),
    modelKey(modelSeed, 'generatedLatents'),
    modelKey(modelSeed, 'generatedNoise'),
    ...(settings.decoderNoise ? [modelKey(modelSeed, 'evaluationDecoderNoise')] : []),
  ];
}

function widths({ dataset, settings }: Model): number[] {
  const { latentDim, ambientDim, decoderNoise } = settings;
  const always = [dataset.sourceDim(settings), latentDim, latentDim, ambientDim];
  return decoderNoise ? [...always, ambientDim] : always;
}
