import '../../../native-environment.js';
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Tensor, Tensor2D } from '@tensorflow/tfjs-node';
import { tf } from '../../../../src/compiler/native/tensorflow.js';
import { losses } from '../../../../src/experiments/vae/model/loss.js';
import { buildModel } from '../../../../src/experiments/vae/model/model.js';
import {
  parameterLayout,
  parametersOf,
  unflatten,
} from '../../../../src/experiments/vae/model/parameters.js';

const [POINTS, AMBIENT, LATENT] = [5, 3, 2] as const;
const settings = {
  experiment: 'linear',
  intrinsicDim: 2,
  ambientDim: AMBIENT,
  latentDim: LATENT,
  hiddenWidths: [],
  biases: false,
  decoderNoise: false,
  initialDecoderLogVariance: -1,
} as const;
const model = buildModel({ ...settings, decoderVarianceMethod: 'optimal' });
const trainedModel = buildModel(settings);
const layout = parameterLayout(model);

/** Returns a fixed number between -1 and 1, without a pattern. */
const numberAt = (index: number) => Math.fround(Math.sin(12.9898 * (index + 1)) % 1);
const matrix = (rows: number, columns: number, first: number) =>
  Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (_, j) => numberAt(first + i * columns + j)),
  );
const x = matrix(POINTS, AMBIENT, 100);
const noise = matrix(POINTS, LATENT, 200);
const start = Array.from({ length: 2 * AMBIENT * LATENT + LATENT + 1 }, (_, index) => numberAt(index));

const product = (a: readonly number[][], b: readonly number[][]) =>
  a.map((row) =>
    (b[0] ?? []).map((_, j) => row.reduce((sum, value, k) => sum + value * (b[k]?.[j] ?? NaN), 0)),
  );
const squares = (rows: readonly number[][]) => rows.flat().reduce((sum, value) => sum + value ** 2, 0);
const rowsAt = (flat: readonly number[], offset: number, rows: number, columns: number) =>
  Array.from({ length: rows }, (_, i) => flat.slice(offset + i * columns, offset + (i + 1) * columns));

/** The closed form in float64: the loss at eps^2 = max(S / d, e^threshold), S the mean of |x - xhat|^2. */
function closedForm(flat: readonly number[], threshold: number): { loss: number; logVariance: number } {
  const encoder = rowsAt(flat, 0, AMBIENT, LATENT);
  const decoder = rowsAt(flat, AMBIENT * LATENT, LATENT, AMBIENT);
  const logD = flat.slice(2 * AMBIENT * LATENT, 2 * AMBIENT * LATENT + LATENT);
  const mean = product(x, encoder);
  const z = mean.map((row, i) =>
    row.map((value, j) => value + Math.exp((logD[j] ?? NaN) / 2) * (noise[i]?.[j] ?? NaN)),
  );
  const residuals = product(z, decoder).map((row, i) => row.map((value, j) => value - (x[i]?.[j] ?? NaN)));
  const error = squares(residuals) / POINTS;
  const logVariance = Math.max(Math.log(error / AMBIENT), threshold);
  const constants = AMBIENT * (Math.log(2 * Math.PI) + logVariance);
  const kl = squares(mean) / POINTS + logD.reduce((sum, value) => sum + Math.exp(value) - value - 1, 0);
  return { loss: (error * Math.exp(-logVariance) + constants + kl) / 2, logVariance };
}

function lossOf(blocks: Tensor[], threshold: number, of = model) {
  return losses(
    of,
    parametersOf(of, blocks as Tensor2D[]),
    tf.tensor2d(x),
    { latent: tf.tensor2d(noise), decoder: null },
    tf.scalar(threshold),
  );
}

for (const [name, threshold] of [
  ['without a bound', -Infinity],
  ['at a bound that is higher', 4],
] as const)
  test(`${name}, the loss with the optimal variance and its gradient are those of the closed form`, () => {
    const blocks = unflatten(tf.tensor1d(start), layout);
    const found = lossOf(blocks, threshold);
    const expected = closedForm(start, threshold);
    assert.ok(Math.abs((found.loss.dataSync()[0] ?? NaN) - expected.loss) < 1e-5);
    assert.ok(Math.abs((found.decoderLogVariance.dataSync()[0] ?? NaN) - expected.logVariance) < 1e-6);
    assert.equal(threshold === expected.logVariance, threshold === 4);
    const gradients = tf.grads((...variables: Tensor[]) => lossOf(variables, threshold).loss)(blocks);
    const gradient = gradients.flatMap((tensor) => [...tensor.dataSync()]);
    // Central differences of the closed form in float64: their error is about 1e-10, that of float32 about 1e-6.
    start.forEach((value, index) => {
      const at = (moved: number) => closedForm(start.with(index, moved), threshold).loss;
      const slope = (at(value + 1e-5) - at(value - 1e-5)) / 2e-5;
      assert.ok(Math.abs((gradient[index] ?? NaN) - slope) < 1e-5, `parameter ${index}`);
    });
    assert.equal(gradient.at(-1), 0);
  });

test('a trained variance has the same loss at the optimum, and a higher one by a known amount elsewhere', () => {
  const optimal = lossOf(unflatten(tf.tensor1d(start), layout), -Infinity);
  const [loss, logVariance] = [optimal.loss, optimal.decoderLogVariance].map(
    (term) => term.dataSync()[0] ?? NaN,
  );
  for (const shift of [0, -0.1, 0.1, -1, 1]) {
    // p, the last parameter: log eps^2 = p * c.
    const p = ((logVariance ?? NaN) + shift) / settings.initialDecoderLogVariance;
    const blocks = unflatten(tf.tensor1d(start.with(-1, p)), layout);
    const trained = lossOf(blocks, -Infinity, trainedModel).loss.dataSync()[0] ?? NaN;
    const expected = (AMBIENT / 2) * (Math.exp(-shift) + shift - 1);
    assert.ok(Math.abs(trained - (loss ?? NaN) - expected) < 1e-5, String(shift));
  }
});
