import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../fast-check.js';
import { Matrix } from 'ml-matrix';
import { randomPoint } from '../../../src/experiments/theory/identities/identity.js';
import { loss, lossGradient, type LinearVae } from '../../../src/experiments/theory/linear-vae.js';
import { randomFrom } from '../../../src/experiments/theory/random.js';
import {
  optimalEncoderVariance,
  simplifiedLoss,
  simplifiedLossGradient,
} from '../../../src/experiments/theory/simplified-loss.js';
import { readFixture } from '../../fixture.js';

const point = fc.integer({ min: 0, max: 2 ** 31 - 1 }).map((seed) => randomPoint(randomFrom(seed), 6));

/** Step of central differences. Truncation is step^2 and rounding 1e-16 / step, both times derivatives of up to 1e4 times the loss. */
const STEP = 1e-5;
const DIFFERENCE_TOLERANCE = 1e-5;

test('L agrees with a case calculated by hand, Eq. (4)', () => {
  // A = (1, 0)^T, A~ = (2, 1)^T, B~ = (1, 0): B~ A = 1, A - A~ B~ A = (-1, -1)^T, |A~_1|^2 = 5.
  const vae: LinearVae = {
    decoder: new Matrix([[2], [1]]),
    encoder: new Matrix([[1, 0]]),
    encoderVariance: [0.5],
    decoderDeviation: 2,
  };
  const expected = 2 / 8 + 1 / 2 + 2 * Math.log(2) + (0.5 * (5 / 4) + 0.5 - Math.log(0.5)) / 2;
  assertNear(loss(new Matrix([[1], [0]]), vae), expected, 1e-15);
});

test('L1 agrees with the same case, Eq. (5)', () => {
  const vae = { decoder: new Matrix([[2], [1]]), encoder: new Matrix([[1, 0]]), decoderDeviation: 2 };
  const expected = 2 / 8 + 1 / 2 + Math.log(2) + (1 + Math.log(9)) / 2;
  assertNear(simplifiedLoss(new Matrix([[1], [0]]), vae), expected, 1e-15);
  assert.deepEqual(optimalEncoderVariance(vae), [4 / 9]);
});

test('the gradient of L agrees with central differences', () => {
  fc.assert(
    fc.property(point, ({ truth, vae }) => {
      const gradient = lossGradient(truth, vae);
      for (const [parameter, derivative] of entries(vae, gradient)) {
        const difference = (loss(truth, parameter(1 + STEP)) - loss(truth, parameter(1 - STEP))) / (2 * STEP);
        assertNear(derivative, difference, DIFFERENCE_TOLERANCE * (1 + Math.abs(loss(truth, vae))));
      }
    }),
    { numRuns: 40 },
  );
});

test('the gradient of L1 agrees with central differences', () => {
  fc.assert(
    fc.property(point, ({ truth, vae }) => {
      const gradient = { ...simplifiedLossGradient(truth, vae), encoderVariance: [] };
      for (const [parameter, derivative] of entries({ ...vae, encoderVariance: [] }, gradient)) {
        const difference =
          (simplifiedLoss(truth, parameter(1 + STEP)) - simplifiedLoss(truth, parameter(1 - STEP))) /
          (2 * STEP);
        assertNear(derivative, difference, DIFFERENCE_TOLERANCE * (1 + Math.abs(simplifiedLoss(truth, vae))));
      }
    }),
    { numRuns: 40 },
  );
});

interface Fixture {
  readonly truth: number[][];
  readonly decoder: number[][];
  readonly encoder: number[][];
  readonly deviation: number;
  readonly loss: number;
  readonly gradient: number[];
}

describe('an independent implementation of L1 in NumPy', () => {
  const fixture = readFixture('numpy/flow.json') as Fixture;
  const truth = new Matrix(fixture.truth);
  const vae = {
    decoder: new Matrix(fixture.decoder),
    encoder: new Matrix(fixture.encoder),
    decoderDeviation: fixture.deviation,
  };

  test('has the same value', () => {
    // The fixture has nine digits.
    assertNear(simplifiedLoss(truth, vae), fixture.loss, 1e-8);
  });

  test('has the same gradient, which it computes with complex steps', () => {
    const { decoder, encoder, decoderDeviation } = simplifiedLossGradient(truth, vae);
    const gradient = [...decoder.to1DArray(), ...encoder.to1DArray(), decoderDeviation];
    assert.equal(gradient.length, fixture.gradient.length);
    gradient.forEach((value, i) => {
      assertNear(value, fixture.gradient[i] ?? NaN, 1e-7);
    });
  });
});

/** Yields, for every parameter, the VAE as a function of a factor for that parameter, and the derivative by the factor at 1. */
function* entries(vae: LinearVae, gradient: LinearVae): Generator<[(factor: number) => LinearVae, number]> {
  for (const name of ['decoder', 'encoder'] as const)
    for (let i = 0; i < vae[name].rows; i++)
      for (let j = 0; j < vae[name].columns; j++) {
        const value = vae[name].get(i, j);
        const scaled = (factor: number) => ({ ...vae, [name]: vae[name].clone().set(i, j, value * factor) });
        yield [scaled, gradient[name].get(i, j) * value];
      }
  for (const [i, value] of vae.encoderVariance.entries())
    yield [
      (factor) => ({ ...vae, encoderVariance: vae.encoderVariance.with(i, value * factor) }),
      (gradient.encoderVariance[i] ?? NaN) * value,
    ];
  yield [
    (factor) => ({ ...vae, decoderDeviation: vae.decoderDeviation * factor }),
    gradient.decoderDeviation * vae.decoderDeviation,
  ];
}

function assertNear(actual: number, expected: number, tolerance: number): void {
  assert.ok(Math.abs(actual - expected) <= tolerance, `${actual} is not within ${tolerance} of ${expected}`);
}
