import { createHash } from 'node:crypto';
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { gatherRows } from '../../compiler/gather.js';
import { tf } from '../../compiler/native/tensorflow.js';
import { keyOf } from '../../compiler/random/keys.js';
import { foldInWords, keyWords, splitWords, type DataKeys, type Words } from '../../compiler/random/words.js';
import type { ExperimentName } from '../../sweep/experiments.js';
import type { TrainingSettings } from '../../sweep/task.js';
import type { Model } from '../../vae/model.js';
import { ReleasedChains, type ReleasedSchedule } from './released-chains.js';
import { MAX_CHUNK_STEPS, type DrawPlan, type RandomStreams, type TaskKeys } from './streams.js';

/**
 * Which version of the authors' code each experiment follows, by evidence (docs/reproduction.md). The sigmoid plot takes a data key
 * since March 2022. The score of linear data draws a batch of its own, and the plot happens at t = 0 only, as the example of
 * Section 6 was made.
 */
export const SCHEDULES: Readonly<Record<ExperimentName, ReleasedSchedule>> = {
  linear: { dataKeysPerScore: 2, plotEverySteps: null, plotsLastStep: false, dataKeysPerPlot: 0 },
  sigmoid: { dataKeysPerScore: 1, plotEverySteps: 50_000, plotsLastStep: true, dataKeysPerPlot: 1 },
  sphere: { dataKeysPerScore: 1, plotEverySteps: 50_000, plotsLastStep: true, dataKeysPerPlot: 0 },
};

/** Names of the released code's modules, by the layers' names here: a kernel's key is folded from its module's and layer's names. */
const MODULES: Readonly<Record<string, string>> = {
  encoder: 'Encoder',
  decoder: 'Decoder',
  'decoder.linear': 'Decoder/FC0',
  'decoder.sigmoid': 'SigDecoder/FC0',
};

type DrawSettings = Pick<TrainingSettings, 'batchSize' | 'evaluationPoints'>;

/** The random streams of the authors' released code: its key tree, and one draw for the noise of latents and decoder. */
export function releasedStreams(model: Model, settings: DrawSettings): RandomStreams {
  const { dataset, settings: shape } = model;
  const schedule = SCHEDULES[shape.experiment as ExperimentName];
  const { latentDim, ambientDim, decoderNoise } = shape;
  const hasScoreBatch = schedule.dataKeysPerScore === 2;
  const matrix = (row: Tensor | undefined, count: number) => tf.reshape<Rank.R2>(row ?? [], [count, -1]);
  const noise = (row: Tensor | undefined, count: number) => {
    const both = matrix(row, count);
    return {
      latent: tf.slice(both, [0, 0], [count, latentDim]),
      decoder: tf.slice(both, [0, latentDim], [count, ambientDim]),
    };
  };
  const { batchSize, evaluationPoints } = settings;
  const ofSource = (count: number) => count * dataset.sourceDim(shape);
  const ofNoise = (count: number) => count * (latentDim + ambientDim);
  return {
    steps: {
      ...keyTables(2, MAX_CHUNK_STEPS),
      counts: [ofSource(batchSize), ofNoise(batchSize)],
      arrange: ([source, both]) => {
        const { latent, decoder } = noise(both, batchSize);
        return { source: matrix(source, batchSize), latent, decoder: decoderNoise ? decoder : null };
      },
    },
    evaluations: {
      ...keyTables(hasScoreBatch ? 3 : 2, 1),
      counts: [
        ofSource(evaluationPoints),
        ofNoise(evaluationPoints),
        ...(hasScoreBatch ? [ofSource(evaluationPoints)] : []),
      ],
      arrange: ([source, both, score]) => {
        const { latent, decoder } = noise(both, evaluationPoints);
        return {
          source: matrix(source, evaluationPoints),
          latentNoise: latent,
          generatedLatents: latent,
          generatedNoise: decoder,
          decoderNoise: decoderNoise ? decoder : null,
          scoreSource: score === undefined ? null : matrix(score, evaluationPoints),
        };
      },
    },
    keysOf: (own, dataKeys) => releasedKeys(schedule, own, dataKeys, hasScoreBatch),
    commonSteps: (steps) => (schedule.plotsLastStep ? steps - 1 : steps),
  };
}

/** Keys that are made outside of the loop: tables of `rows` keys each, [rows, 2], whose first row is that of step `first`. */
function keyTables(tables: number, rows: number): Pick<DrawPlan<unknown>, 'inputs' | 'keys'> {
  const table = { dtype: 'int32', shape: [rows, 2] } as const;
  return {
    inputs: [{ dtype: 'int32', shape: [] }, ...Array.from({ length: tables }, () => table)],
    keys: ([first, ...keys], steps) => {
      const rows = tf.sub<Tensor1D>(steps, first ?? 0);
      return keys.map((table) => gatherRows(table, rows));
    },
  };
}

function releasedKeys(
  schedule: ReleasedSchedule,
  settings: TrainingSettings,
  dataKeys: DataKeys,
  hasScoreBatch: boolean,
): TaskKeys {
  const [initial, model] = splitWords(keyWords(settings.modelSeed));
  const chains = new ReleasedChains(schedule, settings, { model, data: dataKeys.chain });
  const table = (keys: readonly Words[], rows: number) => {
    const words = new Int32Array(2 * rows);
    keys.forEach((key, row) => {
      words.set(key, 2 * row);
    });
    return tf.tensor2d(words, [rows, 2], 'int32');
  };
  let current: Tensor[] = [];
  return {
    kernelKey: ({ name }) =>
      keyOf(
        [...moduleOf(name).split('/'), 'kernel'].reduce((key, part) => foldInWords(key, word(part)), initial),
      ),
    stepInputs: (firstStep, count) => {
      tf.dispose(current);
      const keys = chains.steps(firstStep - 1, count);
      current = [
        tf.scalar(firstStep, 'int32'),
        table(
          keys.map(({ batch }) => batch),
          MAX_CHUNK_STEPS,
        ),
        table(
          keys.map(({ noise }) => noise),
          MAX_CHUNK_STEPS,
        ),
      ];
      return current;
    },
    evaluationInputs: (step) => {
      const { points, noise, scorePoints } = chains.score(step);
      const keys = hasScoreBatch ? [points, noise, scorePoints] : [points, noise];
      return [tf.scalar(step, 'int32'), ...keys.map((key) => table([key], 1))];
    },
    dispose: () => {
      tf.dispose(current);
    },
  };
}

/** The module and layer of a layer of this project, for example `Encoder/FC2` of `encoder.2`. */
function moduleOf(name: string): string {
  const known = MODULES[name];
  if (known !== undefined) return known;
  const [network = '', index = ''] = name.split('.');
  return `${MODULES[network] ?? network}/FC${index}`;
}

/** The number that the released code folds in for a name: the first four bytes of its SHA-1, big-endian (the rule of flax.nn 0.3). */
function word(name: string): number {
  return createHash('sha1').update(name).digest().readUInt32BE(0);
}
