import '../../../native-environment.js';
import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import type { Tensor2D } from '@tensorflow/tfjs-node';
import { readLog, valueAt } from '../../../../src/logs/read.js';
import { tf } from '../../../../src/compiler/native/tensorflow.js';
import { normal } from '../../../../src/compiler/random/distributions.js';
import { key } from '../../../../src/compiler/random/keys.js';
import { TASK_FILES } from '../../../../src/store/task-folder.js';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { badOptimumLoss } from '../../../../src/experiments/theory/bad-optimum.js';
import { startParameters } from '../../../../src/experiments/vae/training/start-parameters.js';
import { losses } from '../../../../src/experiments/vae/model/loss.js';
import { buildModel, type Model } from '../../../../src/experiments/vae/model/model.js';
import { randomStreams } from '../../../../src/experiments/vae/training/random-streams/registry.js';
import { drawTask, type TaskDraws } from '../../../../src/experiments/vae/training/program.js';
import {
  initialParameters,
  parameterLayout,
  parametersOf,
  unflatten,
} from '../../../../src/experiments/vae/model/parameters.js';
import { shortSettings, temporaryFolder, trainHere } from './harness.js';

const SIGMOID: TrainingSettings = {
  ...shortSettings,
  experiment: 'sigmoid',
  intrinsicDim: 3,
  ambientDim: 7,
  latentDim: 6,
  decoderNoise: false,
  initialDecoderLogVariance: -3,
};

function taskOf(settings: TrainingSettings): { model: Model; draws: TaskDraws } {
  const model = buildModel(settings);
  return { model, draws: drawTask({ model, streams: randomStreams(model, settings) }, settings) };
}

/** Returns one of the optimum's blocks, row by row. */
function blocksOf(settings: TrainingSettings): Map<string, number[][]> {
  const { model, draws } = taskOf(settings);
  const layout = parameterLayout(model);
  const blocks = unflatten(startParameters(model, settings, draws.keys.kernelKey), layout);
  return new Map(layout.map(({ name }, i) => [name, blocks[i]?.arraySync() ?? []]));
}

/** Computes the loss of `points` points at the start, like a training step. */
function lossAtStart(settings: TrainingSettings, points: number): number {
  const { model, draws } = taskOf(settings);
  const start = startParameters(model, settings, draws.keys.kernelKey);
  const blocks = unflatten(start, parameterLayout(model));
  const source = normal(key(1), [points, settings.intrinsicDim]) as Tensor2D;
  const x = model.points(draws.dataParameters, source);
  const noise = { latent: normal(key(2), [points, settings.latentDim]) as Tensor2D, decoder: null };
  const threshold = tf.scalar(settings.decoderLogVarianceThreshold ?? -Infinity);
  return losses(model, parametersOf(model, blocks), x, noise, threshold).loss.dataSync()[0] ?? NaN;
}

test('the start is drawn if no bad optimum is set', () => {
  const { model, draws } = taskOf(SIGMOID);
  const { kernelKey } = draws.keys;
  assert.deepEqual(
    startParameters(model, SIGMOID, kernelKey).arraySync(),
    initialParameters(model, kernelKey).arraySync(),
  );
});

test('an initial scale multiplies the kernels and nothing else', () => {
  const drawn = blocksOf(SIGMOID);
  const scaled = blocksOf({ ...SIGMOID, initialKernelScale: 4 });
  for (const [name, rows] of drawn) {
    const factor = name.endsWith('.kernel') ? 4 : 1;
    // A power of two scales without rounding.
    assert.deepEqual(
      scaled.get(name),
      rows.map((row) => row.map((value) => factor * value)),
      name,
    );
  }
});

test('a rounding seed moves each parameter other than 0 to one of its neighbors, as the seed decides', () => {
  const { model, draws } = taskOf(SIGMOID);
  const start = (settings: Partial<TrainingSettings>) =>
    startParameters(model, { ...SIGMOID, ...settings }, draws.keys.kernelKey).dataSync<'float32'>();
  const [plain, first, second] = [start({}), start({ roundingSeed: 1 }), start({ roundingSeed: 2 })];
  const moves = first.map((value, index) => value - (plain[index] ?? NaN));
  assert.deepEqual(start({ roundingSeed: 1 }), first);
  assert.notDeepEqual(second, first);
  const nonzero = plain.filter((value) => value !== 0).length;
  const up = moves.filter((move) => move > 0).length;
  assert.equal(moves.filter((move) => move !== 0).length, nonzero);
  assert.ok(up > nonzero / 4 && up < (3 * nonzero) / 4, `${up} of ${nonzero} moved up`);
  for (const [index, value] of plain.entries()) {
    // A float32 in [2^e, 2^(e+1)) has neighbors at a distance of 2^(e-23), or half of it below 2^e.
    const unit = 2 ** (Math.floor(Math.log2(Math.abs(value))) - 23);
    const move = Math.abs(moves[index] ?? NaN);
    assert.ok(value === 0 ? move === 0 : move === unit || move === unit / 2, `${value} moved by ${move}`);
  }
});

for (const badOptimumExtraDims of [1, 2, 3])
  test(`a start at the bad optimum with s = ${badOptimumExtraDims} has the loss of Theorem 4`, () => {
    const settings = { ...SIGMOID, badOptimumExtraDims };
    const { ambientDim, latentDim } = settings;
    const [slopes] = taskOf(settings).draws.dataParameters;
    const dims = { intrinsicDim: 3, ambientDim, latentDim, extraDims: badOptimumExtraDims };
    const theory = badOptimumLoss(dims, [...(slopes?.dataSync() ?? [])], Math.exp(-1.5));
    // Terms that only the logged loss has: the constants of log p(x|z), and -1/2 per latent in the KL.
    const constants = (ambientDim * Math.log(2 * Math.PI) - latentDim) / 2;
    // The loss of a point has a standard deviation of about 3 nats, so 100,000 points have a standard error of 0.01.
    assert.ok(Math.abs(lossAtStart(settings, 100_000) - theory - constants) < 0.05);
  });

test('its matrices are those of Eq. (6), transposed, and the bias cancels sigma(0)', () => {
  const blocks = blocksOf({ ...SIGMOID, badOptimumExtraDims: 1 });
  const ones = (name: string) =>
    (blocks.get(name) ?? []).flatMap((row, i) =>
      row.flatMap((value, j) => (value === 0 ? [] : [[i, j, value]])),
    );
  const diagonal = (size: number) => Array.from({ length: size }, (_, i) => [i, i, 1]);
  assert.deepEqual(
    [blocks.get('encoder.0.kernel')?.length, blocks.get('decoder.linear.kernel')?.length],
    [7, 6],
  );
  assert.deepEqual(ones('encoder.0.kernel'), diagonal(4));
  assert.deepEqual(ones('decoder.linear.kernel'), diagonal(4));
  assert.deepEqual(ones('decoder.sigmoid.kernel'), []);
  assert.deepEqual(blocks.get('decoder.linear.bias'), [Array(7).fill(-0.5)]);
  assert.deepEqual(blocks.get('decoderLogVarianceScale'), [[1]]);
});

test('its encoder variances match the decoder variance of the first step, clipped or not', () => {
  const variances = (settings: Partial<TrainingSettings>) =>
    blocksOf({ ...SIGMOID, badOptimumExtraDims: 1, ...settings }).get('encoderLogVariance')?.[0];
  for (const [settings, variance] of [
    [{}, Math.exp(-3)],
    [{ decoderLogVarianceThreshold: -2 }, Math.exp(-2)],
    [{ decoderLogVarianceThreshold: -4 }, Math.exp(-3)],
  ] as const) {
    const small = Math.fround(Math.log(variance / (1 + variance)));
    assert.deepEqual(variances(settings), [small, small, small, small, 0, 0]);
  }
});

test('training starts at the bad optimum: its first evaluation counts r* + s small variances', () => {
  const folder = temporaryFolder();
  try {
    const settings = { ...SIGMOID, badOptimumExtraDims: 2, steps: 20 };
    assert.equal(trainHere(folder.path, settings).type, 'done');
    const evaluations = readLog(path.join(folder.path, TASK_FILES.evaluations));
    assert.deepEqual(
      [0, 1].map((row) => [valueAt(evaluations, 'step', row), valueAt(evaluations, 'encoderZeros', row)]),
      [
        [0, 5],
        [20, 5],
      ],
    );
  } finally {
    folder.remove();
  }
});
