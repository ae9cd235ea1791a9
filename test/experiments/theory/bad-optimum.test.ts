import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import {
  badOptimum,
  badOptimumLoss,
  sigmoidPoint,
  sigmoidVae,
} from '../../../src/experiments/theory/bad-optimum.js';
import { normals, randomFrom } from '../../../src/experiments/theory/random.js';
import { estimate, objectiveAt } from '../../../src/experiments/theory/vae-objective.js';

const DIMS = { intrinsicDim: 1, ambientDim: 4, latentDim: 3, extraDims: 2 };

describe('the bad optimum', () => {
  test('has the matrices of Eq. (6), and a bias that cancels sigma(0)', () => {
    assert.deepEqual(badOptimum(DIMS, 1), {
      linearKernel: [
        [1, 0, 0],
        [0, 1, 0],
        [0, 0, 1],
        [0, 0, 0],
      ],
      linearBias: [-0.5, -0.5, -0.5, -0.5],
      sigmoidKernel: [
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
        [0, 0, 0],
      ],
      sigmoidBias: [0, 0, 0, 0],
      encoderKernel: [
        [1, 0, 0, 0],
        [0, 1, 0, 0],
        [0, 0, 0, 0],
      ],
      encoderBias: [0, 0, 0],
      encoderVariance: [0.5, 0.5, 0.5],
      decoderDeviation: 1,
    });
  });

  test('reconstructs the data', () => {
    const { encode, decode } = sigmoidVae(badOptimum(DIMS, 0.1));
    const x = sigmoidPoint([0.3], [2], 4);
    assert.deepEqual(x, [0.3, 1 / (1 + Math.exp(-0.6)), 0, 0]);
    decode(encode(x)).forEach((value, i) => {
      assert.ok(Math.abs(value - (x[i] ?? NaN)) < 1e-15);
    });
  });

  test('misses the data by 1/2 in every coordinate without the bias', () => {
    const { encode, decode } = sigmoidVae({ ...badOptimum(DIMS, 0.1), linearBias: [0, 0, 0, 0] });
    const x = sigmoidPoint([0.3], [2], 4);
    decode(encode(x)).forEach((value, i) => {
      assert.ok(Math.abs(value - (x[i] ?? NaN) - 0.5) < 1e-15);
    });
  });

  test('has a D~ that makes the loss stationary', () => {
    for (const decoderDeviation of [1, 0.1]) {
      const parameters = badOptimum(DIMS, decoderDeviation);
      // The average of Eq. (3) over z' = +-1 in one latent depends on D~_ii like its mean over z'.
      const at = (factor: number) => {
        const encoderVariance = parameters.encoderVariance.map((variance) => variance * factor);
        const vae = sigmoidVae({ ...parameters, encoderVariance });
        return (
          objectiveAt(vae, [0.2, 0.6, 0, 0], [1, 1, 1]) + objectiveAt(vae, [0.2, 0.6, 0, 0], [-1, -1, -1])
        );
      };
      // Central differences have a truncation error of 1e-12 and rounding of 1e-16 / 1e-6.
      assert.ok(Math.abs((at(1 + 1e-6) - at(1 - 1e-6)) / 2e-6) < 1e-8);
    }
  });

  test('has the loss of a Monte Carlo estimate, also for steep a*', () => {
    const random = randomFrom(5);
    const dims = { intrinsicDim: 2, ambientDim: 7, latentDim: 6, extraDims: 3 };
    for (const slopes of [
      [0, 0],
      [1, 1],
      [-20, 10],
    ]) {
      const vae = sigmoidVae(badOptimum(dims, 0.2));
      const drawn = estimate(
        Array.from({ length: 20_000 }, () =>
          objectiveAt(vae, sigmoidPoint(normals(random, 2), slopes, 7), normals(random, 6)),
        ),
      );
      // Five standard errors are exceeded once in 1.7 million.
      assert.ok(Math.abs(drawn.mean - badOptimumLoss(dims, slopes, 0.2)) < 5 * drawn.standardError);
    }
  });

  test('has the loss calculated by hand for a* = 0', () => {
    // D~ = 1/2 and eps~ = 1: 3/4 + (1 + 1/4) / 2 + (3/2 + 3 log 2) / 2.
    const expected = 0.75 + 0.625 + 0.75 + 1.5 * Math.LN2;
    assert.ok(Math.abs(badOptimumLoss(DIMS, [0], 1) - expected) < 1e-14);
  });
});
