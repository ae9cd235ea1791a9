import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { Matrix } from 'ml-matrix';
import {
  converse,
  converseVerdict,
  examineSequence,
} from '../../../src/experiments/theory/computations/converse.js';
import { converseMargins, drawSequence } from '../../../src/experiments/theory/converse.js';
import { squaredColumnNorms, type LinearVae } from '../../../src/experiments/theory/linear-vae.js';
import { gaussianMatrix, groundTruth, randomFrom } from '../../../src/experiments/theory/random.js';
import { optimalEncoderVariance } from '../../../src/experiments/theory/simplified-loss.js';
import { compute } from './computations/run.js';

const ROUNDING = 1e-12;
const DIMS = { ambientDim: 5, rank: 2, latentDim: 8 };

describe('the bounds of the converse of Theorem 3', () => {
  test('on eps~^2 is exact if there are no data and the model is empty', () => {
    const vae = { ...empty(4, 6), decoderDeviation: 0.3 };
    near(converseMargins(Matrix.zeros(4, 2), vae).variance, 0);
  });

  test('on the reconstruction is exact at the eps~ of Lemma 2, if the model is empty', () => {
    const truth = gaussianMatrix(randomFrom(1), 4, 2);
    const best = Math.sqrt(truth.dot(truth) / 4);
    near(converseMargins(truth, { ...empty(4, 6), decoderDeviation: best }).reconstruction, 0);
    assert.ok(converseMargins(truth, { ...empty(4, 6), decoderDeviation: 0.9 * best }).reconstruction > 0.01);
    assert.ok(converseMargins(truth, { ...empty(4, 6), decoderDeviation: 1.1 * best }).reconstruction > 0.01);
  });

  test('on columns is exact with r - d zero columns and others of one length, without data', () => {
    // r - d = 2: the third smallest column is one of four with the squared norm 0.25.
    const decoder = new Matrix(4, 6).setSubMatrix(Matrix.eye(4, 4, 0.5), 0, 1);
    const vae = { ...empty(4, 6), decoder, decoderDeviation: 0.1 };
    const margins = converseMargins(Matrix.zeros(4, 2), {
      ...vae,
      encoderVariance: optimalEncoderVariance(vae),
    });
    near(margins.column, 0);
  });

  test('hold at random points, also far from the optima', () => {
    const random = randomFrom(2);
    for (let draw = 0; draw < 300; draw++) {
      const [d, r] = [random.integer(1, 6), random.integer(1, 6)];
      const vae = {
        decoder: gaussianMatrix(random, d, r),
        encoder: gaussianMatrix(random, r, d),
        decoderDeviation: Math.exp(2 * random.normal()),
        encoderVariance: Array.from({ length: r }, () => Math.exp(2 * random.normal())),
      };
      const margins = converseMargins(gaussianMatrix(random, d, random.integer(1, 6)), vae);
      assert.ok(margins.variance >= 0 && margins.reconstruction >= 0);
      assert.equal(Number.isNaN(margins.column), r < d);
      assert.ok(!(margins.column < 0));
    }
  });
});

describe('the converse of Theorem 3', () => {
  test('holds along random sequences, some of which drive the loss to -infinity, and some violate a conclusion', () => {
    const { rows, verdict } = compute(converse, DIMS);
    assert.deepEqual([verdict.outcome, verdict.complete, verdict.holds], ['all-within', true, true]);
    const { draws, falling, violating, counterexamples, smallestColumnMargin } = verdict.measures;
    assert.deepEqual([draws, rows.length, counterexamples], [200, 200, 0]);
    assert.equal(falling, rows.filter(({ falls }) => falls === 1).length);
    assert.equal(violating, rows.filter(({ meets }) => meets === 0).length);
    assert.equal(smallestColumnMargin, Math.min(...rows.map(({ columnMargin }) => columnMargin)));
    assert.ok(falling > 10 && violating > 50);
  });

  test('says nothing about columns if there are fewer latents than dimensions', () => {
    const { verdict } = compute(converse, { ambientDim: 6, rank: 2, latentDim: 4 });
    assert.deepEqual([verdict.complete, verdict.holds], [true, true]);
    assert.ok(Number.isNaN(verdict.measures.smallestColumnMargin));
  });

  test('is as strong as the draws allow: they refute that one more column has to go to 0', () => {
    const random = randomFrom(3);
    const refuting = Array.from({ length: 200 }, () => {
      const truth = groundTruth(random, 5, 2);
      const sequence = drawSequence(random, truth, 8);
      const next = squaredColumnNorms(sequence(1e-8).decoder).sort((a, b) => a - b)[8 - 5 + 1];
      return examineSequence(truth, sequence, 8).falls === 1 && (next ?? NaN) > 0.01;
    });
    assert.ok(refuting.some((is) => is));
  });

  test('does not hold with a counterexample or outside a bound', () => {
    const { measures } = compute(converse, DIMS).verdict;
    const judge = (change: Partial<typeof measures>) => {
      const { outcome, complete, holds } = converseVerdict({ ...measures, ...change });
      return [outcome, complete, holds];
    };
    assert.deepEqual(judge({}), ['all-within', true, true]);
    assert.deepEqual(judge({ counterexamples: 1 }), ['exceeded', true, false]);
    assert.deepEqual(judge({ exceeded: 1 }), ['exceeded', true, false]);
    assert.deepEqual(judge({ falling: 0 }), ['all-within', false, true]);
    assert.deepEqual(judge({ violating: 0 }), ['all-within', false, true]);
  });

  test('takes a sequence with a loss that falls and converges for one that violates and does not fall', () => {
    const truth = groundTruth(randomFrom(4), 3, 2);
    // eps~ stays at 1, and the loss falls to its limit by s^(1/2).
    const sequence = (s: number): LinearVae => ({
      ...empty(3, 3),
      decoder: Matrix.eye(3, 3, 1 + 1e6 * Math.sqrt(s)),
      decoderDeviation: 1,
    });
    const { slope, falls, meets } = examineSequence(truth, sequence, 8);
    assert.ok(slope > 0.1);
    assert.deepEqual([falls, meets], [0, 0]);
  });

  test('recognizes a sequence of Theorem 3 itself', () => {
    const truth = groundTruth(randomFrom(5), 3, 1);
    const decoder = new Matrix(3, 3).setSubMatrix(truth, 0, 0);
    const encoder = truth.transpose().div(truth.dot(truth));
    const sequence = (s: number): LinearVae => {
      const vae = {
        decoder,
        encoder: new Matrix(3, 3).setSubMatrix(encoder, 0, 0),
        decoderDeviation: s,
      };
      return { ...vae, encoderVariance: optimalEncoderVariance(vae) };
    };
    const { slope, falls, meets } = examineSequence(truth, sequence, 8);
    // d - r + zero columns = 2.
    assert.ok(Math.abs(slope - 2) < 1e-6);
    assert.deepEqual([falls, meets], [1, 1]);
  });

  test('rejects a rank above the dimensions or the latents', () => {
    assert.throws(() => compute(converse, { ...DIMS, rank: 6 }), {
      message: 'expected the rank to be at most the ambient dimension 5, got 6',
    });
    assert.throws(() => compute(converse, { ambientDim: 5, rank: 3, latentDim: 2 }), {
      message: 'expected the rank to be at most the number of latents 2, which A = A~ B~ A requires, got 3',
    });
  });
});

/** Returns a VAE that ignores the data, at the D~ of the prior. */
function empty(ambientDim: number, latentDim: number): LinearVae {
  return {
    decoder: Matrix.zeros(ambientDim, latentDim),
    encoder: Matrix.zeros(latentDim, ambientDim),
    decoderDeviation: 1,
    encoderVariance: Array.from({ length: latentDim }, () => 1),
  };
}

function near(actual: number, expected: number): void {
  assert.ok(Math.abs(actual - expected) < ROUNDING, `expected ${expected}, got ${actual}`);
}
