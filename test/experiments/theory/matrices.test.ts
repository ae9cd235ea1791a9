import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../fast-check.js';
import { Matrix } from 'ml-matrix';
import { exactDecoder } from '../../../src/experiments/theory/exact-decoders.js';
import { squaredNorm } from '../../../src/experiments/theory/linear-vae.js';
import {
  complementBasis,
  numericalRank,
  singularValues,
  squaredComponents,
  squaredTail,
} from '../../../src/experiments/theory/projections.js';
import {
  gaussianMatrix,
  groundTruth,
  normals,
  orthogonalMatrix,
  randomFrom,
} from '../../../src/experiments/theory/random.js';

const ROUNDING = 1e-12;
const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });

describe('a seed', () => {
  test('always gives the same numbers, and another seed gives others', () => {
    assert.deepEqual(normals(randomFrom(7), 5), normals(randomFrom(7), 5));
    assert.notDeepEqual(normals(randomFrom(7), 5), normals(randomFrom(8), 5));
  });

  test('gives numbers with the moments of N(0, 1)', () => {
    const count = 100_000;
    const values = normals(randomFrom(1), count);
    const moment = (power: number) => values.reduce((total, value) => total + value ** power, 0) / count;
    // The tolerance is five standard errors: sqrt(1, 2, 15, 96 / count).
    assert.ok(Math.abs(moment(1)) < 5 * Math.sqrt(1 / count));
    assert.ok(Math.abs(moment(2) - 1) < 5 * Math.sqrt(2 / count));
    assert.ok(Math.abs(moment(3)) < 5 * Math.sqrt(15 / count));
    assert.ok(Math.abs(moment(4) - 3) < 5 * Math.sqrt(96 / count));
  });

  test('gives orthogonal matrices', () => {
    const turn = orthogonalMatrix(randomFrom(2), 6);
    assert.ok(distance(turn.mmul(turn.transpose()), Matrix.eye(6)) < ROUNDING);
  });

  test('gives an A of the requested rank without zero rows', () => {
    const truth = groundTruth(randomFrom(3), 8, 3);
    assert.deepEqual([truth.rows, truth.columns, numericalRank(truth)], [8, 3, 3]);
    assert.ok(truth.to2DArray().every((row) => Math.hypot(...row) > 1e-3));
  });
});

describe('the complement of the column span', () => {
  test('is an orthonormal basis of the space orthogonal to all columns', () => {
    fc.assert(
      fc.property(
        seeds,
        fc.integer({ min: 2, max: 8 }),
        fc.integer({ min: 1, max: 10 }),
        (seed, d, columns) => {
          const random = randomFrom(seed);
          const rank = random.integer(1, Math.min(columns, d - 1));
          const truth = gaussianMatrix(random, d, rank).mmul(gaussianMatrix(random, rank, columns));
          const basis = complementBasis(truth);
          assert.deepEqual([basis.rows, basis.columns], [d, d - rank]);
          assert.ok(distance(basis.transpose().mmul(basis), Matrix.eye(d - rank)) < ROUNDING);
          assert.ok(basis.transpose().mmul(truth).norm() < ROUNDING * (1 + truth.norm()));
        },
      ),
    );
  });

  test('consists of the other coordinate axes if A spans coordinate axes', () => {
    const basis = complementBasis(new Matrix([[0], [2], [0]]));
    const decoder = new Matrix([
      [3, 4],
      [9, 9],
      [1, 0],
    ]);
    assert.deepEqual(
      squaredComponents(basis, decoder)
        .map((value) => Math.round(value * 1e9) / 1e9)
        .sort(),
      [1, 25],
    );
  });
});

test('singular values of diagonal matrices are their entries, also for wide matrices', () => {
  const wide = new Matrix([
    [0, 3, 0],
    [-5, 0, 0],
  ]);
  assert.deepEqual(singularValues(wide), [5, 3]);
  assert.deepEqual(singularValues(wide.transpose()), [5, 3]);
  assert.equal(squaredTail(wide, 1), 9);
  assert.equal(squaredTail(wide, 2), 0);
});

test('an exact decoder reconstructs and has the requested number of zero columns', () => {
  fc.assert(
    fc.property(seeds, (seed) => {
      const random = randomFrom(seed);
      const ambientDim = random.integer(1, 8);
      const truth = groundTruth(random, ambientDim, random.integer(1, ambientDim));
      const latentDim = random.integer(truth.columns, 12);
      const zeroColumns = random.integer(0, latentDim - truth.columns);
      const { decoder, encoder } = exactDecoder(random, truth, latentDim, zeroColumns);
      // The pseudo-inverse of a Gaussian matrix can be large, and its condition number multiplies the rounding.
      const tolerance = 1e-13 * (1 + decoder.norm() * encoder.norm()) * (1 + truth.norm());
      assert.ok(distance(decoder.mmul(encoder).mmul(truth), truth) < tolerance);
      const zeros = decoder
        .transpose()
        .to2DArray()
        .filter((column) => Math.hypot(...column) === 0);
      assert.equal(zeros.length, zeroColumns);
    }),
  );
});

function distance(a: Matrix, b: Matrix): number {
  return Math.sqrt(squaredNorm(Matrix.sub(a, b)));
}
