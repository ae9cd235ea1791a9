import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Matrix } from 'ml-matrix';
import { decayAlong } from '../../../src/experiments/theory/decay.js';
import { descend } from '../../../src/experiments/theory/descent.js';
import { flowDerivative } from '../../../src/experiments/theory/flow-derivative.js';
import { randomPoint } from '../../../src/experiments/theory/identities/identity.js';
import { loss, squaredColumnNorms, type SimplifiedVae } from '../../../src/experiments/theory/linear-vae.js';
import { complementBasis, squaredComponents } from '../../../src/experiments/theory/projections.js';
import { gaussianMatrix, groundTruth, randomFrom } from '../../../src/experiments/theory/random.js';
import { simplifiedFlow, type PathPoint } from '../../../src/experiments/theory/simplified-flow.js';
import {
  optimalEncoderVariance,
  simplifiedLoss,
  simplifiedLossGradient,
} from '../../../src/experiments/theory/simplified-loss.js';
import { readFixture } from '../../fixture.js';

const OPTIONS = { tolerance: 1e-10, largestStep: 0.1, maxSteps: 5_000 };

interface FixturePath {
  readonly truth: number[][];
  readonly decoder: number[][];
  readonly encoder: number[][];
  readonly deviation: number;
  readonly points: readonly { time: number; decoder: number[][]; encoder: number[][]; deviation: number }[];
}

interface Fixture extends FixturePath {
  readonly stiff: FixturePath;
}

describe('the gradient flow of L1', () => {
  const fixture = readFixture('numpy/flow.json') as Fixture;
  const [truth, start] = startOf(fixture);

  // The fixture has nine digits, and some hundred steps have errors of 1e-10 each, relative to 1 + |y|. Past its saddle the stiff path
  // amplifies errors.
  for (const [name, path, tolerance] of [
    ['', fixture, 1e-7],
    [' past a saddle, where it is stiff', fixture.stiff, 1e-6],
  ] as const)
    for (const expected of path.points)
      test(`agrees with SciPy's DOP853 at t = ${expected.time}${name}`, () => {
        const vae = [...simplifiedFlow(...startOf(path), expected.time, OPTIONS)].at(-1)?.vae;
        assertNear(vae?.decoder.to1DArray() ?? [], expected.decoder.flat(), tolerance);
        assertNear(vae?.encoder.to1DArray() ?? [], expected.encoder.flat(), tolerance);
        assertNear([vae?.decoderDeviation ?? NaN], [expected.deviation], tolerance);
      });

  test('has the derivative of the matrix form, in log eps~', () => {
    for (const seed of [1, 2, 3, 4]) {
      const point = randomPoint(randomFrom(seed), 7);
      const { decoder, encoder, decoderDeviation } = point.vae;
      const gradient = simplifiedLossGradient(point.truth, point.vae);
      const flow = flowDerivative(point.truth, encoder);
      const size = decoder.rows * decoder.columns;
      const moved = Array.from({ length: decoder.columns * point.truth.columns }, () => 0);
      const slope = [...flow([...decoder.to1DArray(), ...moved, Math.log(decoderDeviation)])];
      const actual = [
        ...slope.slice(0, size),
        ...Matrix.from1DArray(decoder.columns, point.truth.columns, slope.slice(size, -1))
          .mmul(point.truth.transpose())
          .to1DArray(),
        ...slope.slice(-1),
      ];
      const expected = [
        ...gradient.decoder.to1DArray(),
        ...gradient.encoder.to1DArray(),
        gradient.decoderDeviation / decoderDeviation,
      ].map((value) => -value);
      assertNear(actual, expected, 1e-12 * Math.hypot(...expected));
    }
  });

  test('decreases L1 in every step, and has the D~ of Lemma 3', () => {
    let before = simplifiedLoss(truth, start);
    for (const { vae } of simplifiedFlow(truth, start, 0.5, OPTIONS)) {
      const value = simplifiedLoss(truth, vae);
      assert.ok(value < before);
      assert.deepEqual(vae.encoderVariance, optimalEncoderVariance(vae));
      before = value;
    }
  });
});

describe("Theorem 5's W", () => {
  // There are as many latents as A has columns, so that the shapes match for the paper's own words, "the span of the rows of A" and
  // P_Wperp A~^T: the rows of A and A~ are vectors of R^4. A has rank 2.
  const random = randomFrom(1);
  const truth = gaussianMatrix(random, 6, 2).mmul(gaussianMatrix(random, 2, 4));
  const start: SimplifiedVae = {
    decoder: gaussianMatrix(random, 6, 4).mul(0.5),
    encoder: gaussianMatrix(random, 4, 6).mul(0.5),
    decoderDeviation: 1,
  };

  test('is the column span of A: the part outside decays as in the theorem', () => {
    assert.ok(smallestMargin(complementBasis(truth), (decoder) => decoder) > 0);
  });

  test('is not the row span: the part outside of it decays more slowly', () => {
    assert.ok(smallestMargin(complementBasis(truth.transpose()), (decoder) => decoder.transpose()) < -0.1);
  });

  function smallestMargin(basis: Matrix, view: (decoder: Matrix) => Matrix): number {
    const outside = (vae: SimplifiedVae) =>
      squaredComponents(basis, view(vae.decoder)).reduce((total, value) => total + value);
    let k = 0;
    let smallest = Infinity;
    for (const { time, vae } of simplifiedFlow(truth, start, 100, OPTIONS)) {
      k = Math.max(k, ...squaredColumnNorms(vae.decoder).map((norm) => norm + vae.decoderDeviation ** 2));
      smallest = Math.min(smallest, Math.log(outside(start) / outside(vae)) - time / k);
      if (vae.decoderDeviation < 0.01) break;
    }
    return smallest;
  }
});

describe('decayAlong', () => {
  const truth = new Matrix([[1], [0], [0]]);
  const at = (time: number, rows: number[][]): PathPoint => ({
    time,
    vae: {
      decoder: new Matrix(rows),
      encoder: Matrix.zeros(2, 3),
      decoderDeviation: 1,
      encoderVariance: [0.5, 0.2],
    },
  });
  const start = at(0, [
    [3, 0],
    [2, 0],
    [0, 1],
  ]);
  const later = at(7, [
    [1, 0],
    [0, 1],
    [0, 0.5],
  ]);
  const decay = decayAlong(truth, start);

  test('keeps the largest K of columns and of the encoder variance', () => {
    assert.equal(decay.see(start), 3 ** 2 + 2 ** 2 + 1);
    assert.equal(decay.see(later), 14);
    assertNear([decay.measure(later).encoderK], [5], 1e-12);
  });

  test('compares the part outside of the column span of A with the bound', () => {
    const measured = decay.measure(later);
    const rounding = 1e-12;
    assertNear([measured.logOutside, measured.logBound], [Math.log(1.25), Math.log(5) - 7 / 14], rounding);
    assertNear([measured.margin, measured.encoderMargin], [Math.log(4) - 0.5, Math.log(4) - 7 / 5], rounding);
    assertNear([measured.rowMargin, measured.rate], [Math.log(4) - 0.5, Math.log(4) * 2], rounding);
  });

  test('finds the singular values beyond dim W', () => {
    // A~ has orthogonal columns with norms 1 and sqrt(1.25), so the second largest singular value is 1.
    assertNear([decay.measure(later).logTail, decay.measure(later).tailMargin], [0, Math.log(1.25)], 1e-12);
  });
});

describe('gradient descent on L', () => {
  const random = randomFrom(3);
  const truth = groundTruth(random, 5, 2);
  const start = {
    decoder: gaussianMatrix(random, 5, 3).mul(0.5),
    encoder: gaussianMatrix(random, 3, 5).mul(0.5),
    decoderDeviation: 1,
    encoderVariance: [1, 1, 1],
  };

  test('decreases L in every step if the step size is small', () => {
    let before = loss(truth, start);
    let steps = 0;
    for (const { vae } of descend(truth, start, 0.1, { stepSize: 1e-4, maxSteps: 10_000 })) {
      assert.ok(loss(truth, vae) < before);
      before = loss(truth, vae);
      steps++;
    }
    assert.equal(steps, 1000);
  });

  test('ends as diverged when a step leaves eps~ > 0 or D~ > 0', () => {
    const path = descend(truth, start, 100, { stepSize: 1, maxSteps: 100 });
    let next = path.next();
    while (!next.done) next = path.next();
    assert.equal(next.value, 'diverged');
  });
});

function startOf({ truth, decoder, encoder, deviation }: FixturePath): [Matrix, SimplifiedVae] {
  const start = {
    decoder: new Matrix(decoder),
    encoder: new Matrix(encoder),
    decoderDeviation: deviation,
  };
  return [new Matrix(truth), start];
}

function assertNear(actual: readonly number[], expected: readonly number[], tolerance: number): void {
  assert.equal(actual.length, expected.length);
  actual.forEach((value, i) => {
    const other = expected[i] ?? NaN;
    assert.ok(Math.abs(value - other) <= tolerance, `${value} is not within ${tolerance} of ${other} (${i})`);
  });
}
