import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { fc } from '../../fast-check.js';
import { Matrix } from 'ml-matrix';
import {
  lossCorrelation,
  simplifiedLossCorrelation,
} from '../../../src/experiments/theory/gradient-correlation.js';
import {
  atLeast,
  equality,
  randomPoint,
  vectorEquality,
  worst,
  type Identity,
} from '../../../src/experiments/theory/identities/identity.js';
import { identities } from '../../../src/experiments/theory/identities/registry.js';
import { checkBestDeviation } from '../../../src/experiments/theory/identities/nonlinear.js';
import { randomFrom } from '../../../src/experiments/theory/random.js';
import { tanhVae, type TanhNetwork } from '../../../src/experiments/theory/tanh-vae.js';
import { cubaturePoints, objectiveAt } from '../../../src/experiments/theory/vae-objective.js';

const RUNS: Readonly<Record<string, number>> = { eq4: 20, 'lemma4-trajectory': 20 };

for (const [name, identity] of Object.entries<Identity>(identities))
  test(`${name} holds at random matrices: ${identity.statement}`, () => {
    const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 });
    fc.assert(
      fc.property(seeds, (seed) => {
        const random = randomFrom(seed);
        const { left, right, error } = identity.check(random, randomPoint(random, 8));
        assert.ok(error <= identity.tolerance, `${left} and ${right}: ${error} > ${identity.tolerance}`);
      }),
      { numRuns: RUNS[name] ?? 100 },
    );
  });

describe('a check', () => {
  test('of an equality has the difference as its error', () => {
    assert.deepEqual(equality(5, 3), { left: 5, right: 3, error: 0.5 });
    assert.deepEqual(vectorEquality([3, 4], [0, 0]), { left: 5, right: 0, error: 5 });
  });

  test('of an inequality has an error only on the wrong side', () => {
    assert.equal(atLeast(5, 3).error, 0);
    assert.equal(atLeast(3, 5).error, 2 / 6);
  });

  test('of several is the one with the largest error, and NaN is the largest', () => {
    const nan = equality(NaN, 1);
    assert.equal(worst([equality(1, 1), equality(5, 3), equality(2, 2)]).error, 0.5);
    for (const checks of [
      [nan, equality(1, 1)],
      [equality(1, 1), nan],
    ])
      assert.equal(worst(checks), nan);
  });
});

test('both sides of Lemma 5 differ by the reconstruction of the zero row, the term that its proof drops', () => {
  const truth = new Matrix([[2], [0]]);
  const vae = {
    decoder: new Matrix([[1], [3]]),
    encoder: new Matrix([[0.5, 0]]),
    encoderVariance: [0.25],
    decoderDeviation: 2,
  };
  // (A~ B~ A)^(2) = 3, over eps~^2 = 4; D~ A~^2 / eps~^2 = 9 / 16; A~^2 / (|A~_1|^2 + eps~^2) = 9 / 14.
  assert.deepEqual(lossCorrelation(truth, vae, 1), { left: 9 / 4 + 9 / 16, right: 9 / 16 });
  const { left, right } = simplifiedLossCorrelation(truth, vae, 1);
  assert.ok(Math.abs(left - 9 / 4 - 9 / 14) < 1e-14);
  assert.ok(Math.abs(right - 9 / 14) < 1e-15);
});

test('Lemma 5 does not hold for a row of A that is not zero', () => {
  const vae = {
    decoder: new Matrix([[1], [3]]),
    encoder: new Matrix([[0.1, 0]]),
    encoderVariance: [0.25],
    decoderDeviation: 2,
  };
  const { left, right } = lossCorrelation(new Matrix([[2], [5]]), vae, 1);
  assert.ok(left < right);
});

test('Lemma 2 fails for tanh networks if the mean squared error is not divided by d', () => {
  const random = randomFrom(1);
  const tolerance = identities['lemma2-tanh'].tolerance;
  const errors = Array.from({ length: 20 }, () => {
    const point = randomPoint(random, 8);
    return checkBestDeviation(random, point, (meanSquaredError) => meanSquaredError).error;
  });
  assert.ok(errors.every((error) => error > tolerance));
});

test('the loss of a VAE with tanh networks is that of Eq. (3), worked out by hand', () => {
  const network = (inner: number, outer: number, bias: number): TanhNetwork => ({
    hidden: new Matrix([[inner]]),
    hiddenBias: [0],
    output: new Matrix([[outer]]),
    outputBias: [bias],
  });
  // g(x) = 3 tanh(x / 2) is 1.8 at x = ln 4, because tanh(ln 2) = 3/5. With z' = -0.4 and D = 4, z = 1 and f(z) = 2 tanh(z) - 1.
  const vae = tanhVae(network(0.5, 3, 0), network(1, 2, -1), { encoderVariance: [4], decoderDeviation: 0.5 });
  const output = (2 * (Math.E ** 2 - 1)) / (Math.E ** 2 + 1) - 1;
  const expected = 2 * (Math.log(4) - output) ** 2 + 1.8 ** 2 / 2 + Math.log(0.5) + 2 - Math.log(4) / 2;
  assert.ok(Math.abs(objectiveAt(vae, [Math.log(4)], [-0.4]) - expected) < 1e-14);
});

test('cubature points have the first three moments of N(0, I)', () => {
  const points = cubaturePoints(3);
  assert.equal(points.length, 6);
  const moment = (...axes: number[]) =>
    points.reduce(
      (total, point) => total + axes.reduce((product, axis) => product * (point[axis] ?? NaN), 1),
      0,
    ) / points.length;
  assert.deepEqual([moment(0), moment(0, 1), moment(0, 0, 1), moment(1, 1, 1)], [0, 0, 0, 0]);
  assert.ok(Math.abs(moment(2, 2) - 1) < 1e-15);
});
