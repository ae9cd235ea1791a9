import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { inverse, Matrix } from 'ml-matrix';
import { ComplexLu } from '../../../src/experiments/theory/complex-lu.js';
import {
  EIGENVALUES,
  FROM_EIGENBASIS,
  TO_EIGENBASIS,
} from '../../../src/experiments/theory/radau-coefficients.js';
import { Radau } from '../../../src/experiments/theory/radau.js';
import { gaussianMatrix, normals, randomFrom } from '../../../src/experiments/theory/random.js';

const ROUNDING = 1e-13;

describe('the coefficients of Radau IIA', () => {
  const root = Math.sqrt(6);
  /** Table 5.6 of Hairer and Wanner, IV.5. */
  const method = new Matrix([
    [(88 - 7 * root) / 360, (296 - 169 * root) / 1800, (-2 + 3 * root) / 225],
    [(296 + 169 * root) / 1800, (88 + 7 * root) / 360, (-2 - 3 * root) / 225],
    [(16 - root) / 36, (16 + root) / 36, 1 / 9],
  ]);
  const matrixOf = (rows: readonly (readonly number[])[]) => new Matrix(rows.map((row) => [...row]));
  const [from, to] = [matrixOf(FROM_EIGENBASIS), matrixOf(TO_EIGENBASIS)] as const;

  test('have an eigenbasis with an exact inverse', () => {
    assertNear(to.mmul(from).to1DArray(), Matrix.eye(3).to1DArray(), ROUNDING);
  });

  test('turn the inverse of the method into a number and a complex number', () => {
    const { real, re, im } = EIGENVALUES;
    const blocks = new Matrix([
      [real, 0, 0],
      [0, re, -im],
      [0, im, re],
    ]);
    assertNear(to.mmul(inverse(method)).mmul(from).to1DArray(), blocks.to1DArray(), ROUNDING);
  });
});

describe('a step of Radau IIA', () => {
  // The Jacobian of a linear system is accurate to 1e-8, so that two of Newton's iterations solve the equations to rounding.
  for (const [rate, step, tolerance] of [
    [-1, 0.01, 1e-6],
    [2, 0.01, 1e-6],
    [-1e8, 1, 1],
  ] as const)
    test(`multiplies y by the stability function at ${rate * step}`, () => {
      const solver = new Radau(([y = NaN]) => [rate * y], [1], tolerance);
      assert.equal(solver.attempt(step).accepted, true);
      const z = rate * step;
      const expected = (1 + (2 * z) / 5 + z ** 2 / 20) / (1 - (3 * z) / 5 + (3 * z ** 2) / 20 - z ** 3 / 60);
      assertNear([...solver.values], [expected], 1e-12);
    });

  test('is rejected if its error is larger than the tolerance, and leaves y as it was', () => {
    const solver = new Radau(([y = NaN]) => [-y], [1], 1e-11);
    const { accepted, nextStep } = solver.attempt(1);
    assert.equal(accepted, false);
    assert.ok(nextStep < 0.5);
    assert.deepEqual([...solver.values], [1]);
  });

  test('is rejected if y leaves the domain of the derivative', () => {
    const solver = new Radau(([y = NaN]) => [Math.log(2 - y) + 10], [1], 1e-3);
    assert.deepEqual(solver.attempt(1), { accepted: false, nextStep: 0.5 });
  });
});

describe('ComplexLu', () => {
  test('solves systems that need pivots', () => {
    const random = randomFrom(5);
    for (const size of [1, 2, 7, 30]) {
      const matrix = gaussianMatrix(random, size, size);
      // The diagonal of shift I - M is zero without the imaginary part, so rows have to be swapped.
      for (let i = 0; i < size; i++) matrix.set(i, i, 1);
      const shift = { re: 1, im: 1e-20 };
      if (size === 1) shift.im = 2;
      const [x, y] = [normals(random, size), normals(random, size)];
      const left = Matrix.eye(size, size, shift.re).sub(matrix);
      const times = (vector: number[]) => left.mmul(Matrix.columnVector(vector)).to1DArray();
      const re = times(x).map((value, i) => value - shift.im * (y[i] ?? NaN));
      const im = times(y).map((value, i) => value + shift.im * (x[i] ?? NaN));
      const lu = new ComplexLu(Float64Array.from(matrix.to1DArray()), size, shift);
      const solved = lu.solve({ re: Float64Array.from(re), im: Float64Array.from(im) });
      assertNear([...solved.re, ...solved.im], [...x, ...y], 1e-10);
    }
  });
});

function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    const other = expected[i] ?? NaN;
    assert.ok(Math.abs(value - other) <= tolerance, `${value} is not within ${tolerance} of ${other} (${i})`);
  });
}
