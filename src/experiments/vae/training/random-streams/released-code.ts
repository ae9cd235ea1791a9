import { createHash } from 'node:crypto';
import type { Rank, Tensor, Tensor1D } from '@tensorflow/tfjs-node';
import { gatherRows } from '../../../../compiler/gather.js';
import { tf } from '../../../../compiler/native/tensorflow.js';
import { keyOf } from '../../../../compiler/random/keys.js';
import {
  foldInWords,
  keyWords,
  splitWords,
  type DataKeys,
  type Words,
} from '../../../../compiler/random/words.js';
import { MAX_CHUNK_STEPS } from '../../../../forms/training/program-cache.js';
import { isPaperExperiment, type ExperimentName } from '../../settings/training-data.js';
import type { TrainingSettings } from '../../settings/task.js';
import type { Model } from '../../model/model.js';
import { ReleasedChains, type ReleasedSchedule } from './released-chains.js';
import type { DrawPlan, RandomStreams, TaskKeys } from './streams.js';

/**
 * The version of the authors' code that each experiment follows, according to the evidence in docs/reproduction.md. Since March 2022
 * the sigmoid plot consumes a data key. For linear data, as in the example of Section 6, the score draws its own batch, and only t = 0
 * is plotted.
 */
export const SCHEDULES: Readonly<Record<ExperimentName, ReleasedSchedule>> = {
  linear: { drawsScoreBatch: true, plotEverySteps: null, plotsLastStep: false, dataKeysPerPlot: 0 },
  sigmoid: { drawsScoreBatch: false, plotEverySteps: 50_000, plotsLastStep: true, dataKeysPerPlot: 1 },
  sphere: { drawsScoreBatch: false, plotEverySteps: 50_000, plotsLastStep: true, dataKeysPerPlot: 0 },
};

/** The released code's module for each layer name of this project. The key of a kernel is folded from the names of module and layer. */
const MODULES: Readonly<Record<string, string>> = {
  encoder: 'Encoder',
  decoder: 'Decoder',
  'decoder.linear': 'Decoder/FC0',
  'decoder.sigmoid': 'SigDecoder/FC0',
};

type DrawSettings = Pick<TrainingSettings, 'batchSize' | 'evaluationPoints'>;

/** Returns the random streams of the authors' released code: its key tree, with one draw for the noise of latents and decoder. */
export function releasedStreams(model: Model, settings: DrawSettings): RandomStreams {
  const { sourceDim, settings: shape } = model;
  const schedule = scheduleOf(shape.experiment);
  const { latentDim, ambientDim, decoderNoise } = shape;
  const { drawsScoreBatch } = schedule;
  const matrix = (row: Tensor | undefined, count: number) => tf.reshape<Rank.R2>(row ?? [], [count, -1]);
  const noise = (row: Tensor | undefined, count: number) => {
    const both = matrix(row, count);
    return {
      latent: tf.slice(both, [0, 0], [count, latentDim]),
      decoder: tf.slice(both, [0, latentDim], [count, ambientDim]),
    };
  };
  const { batchSize, evaluationPoints } = settings;
  const sourceCount = (count: number) => count * sourceDim;
  const noiseCount = (count: number) => count * (latentDim + ambientDim);
  return {
    steps: {
      ...keyTables(2, MAX_CHUNK_STEPS),
      counts: [sourceCount(batchSize), noiseCount(batchSize)],
      arrange: ([source, both]) => {
        const { latent, decoder } = noise(both, batchSize);
        return { source: matrix(source, batchSize), latent, decoder: decoderNoise ? decoder : null };
      },
    },
    evaluations: {
      ...keyTables(drawsScoreBatch ? 3 : 2, 1),
      counts: [
        sourceCount(evaluationPoints),
        noiseCount(evaluationPoints),
        ...(drawsScoreBatch ? [sourceCount(evaluationPoints)] : []),
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
    keysOf: (own, dataKeys) => releasedKeys(schedule, own, dataKeys, drawsScoreBatch),
    commonSteps: (steps) => (schedule.plotsLastStep ? steps - 1 : steps),
  };
}

/** @throws an Error for data that the authors' code does not have; the validation of settings rejects them earlier */
function scheduleOf(experiment: string): ReleasedSchedule {
  if (isPaperExperiment(experiment)) return SCHEDULES[experiment];
  throw new Error(
    `The authors' released code has no ${experiment} data and therefore no random streams for them.`,
  );
}

/** Declares keys that are computed outside of the loop, as tables of keys [rows, 2]. Their first row belongs to the step `first`. */
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
  drawsScoreBatch: boolean,
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
        [...moduleOf(name).split('/'), 'kernel'].reduce(
          (key, part) => foldInWords(key, nameHash(part)),
          initial,
        ),
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
      const keys = drawsScoreBatch ? [points, noise, scorePoints] : [points, noise];
      return [tf.scalar(step, 'int32'), ...keys.map((key) => table([key], 1))];
    },
    dispose: () => {
      tf.dispose(current);
    },
  };
}

/** Returns the released code's module and layer for a layer of this project, for example `Encoder/FC2` for `encoder.2`. */
function moduleOf(name: string): string {
  const known = MODULES[name];
  if (known !== undefined) return known;
  const [network = '', index = ''] = name.split('.');
  return `${MODULES[network] ?? network}/FC${index}`;
}

/** Returns the number that the released code folds in for a name: the first four bytes of its SHA-1, big-endian, as in flax.nn 0.3. */
function nameHash(name: string): number {
  return createHash('sha1').update(name).digest().readUInt32BE(0);
}
