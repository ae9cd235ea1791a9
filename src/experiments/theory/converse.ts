import { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import { exactDecoder } from './exact-decoders.js';
import { loss, reconstruct, squaredColumnNorms, squaredNorm, type LinearVae } from './linear-vae.js';
import { gaussianMatrix, type Random } from './random.js';
import { optimalEncoderVariance } from './simplified-loss.js';

/** What Theorem 3's converse says goes to 0, at one point. */
export interface ConverseQuantities {
  /** eps~^2. */
  readonly variance: number;
  /** |A - A~ B~ A|_F^2 + sum_i D~_ii |A~_i|^2, the sum of the paper's two squared errors. */
  readonly reconstruction: number;
  /** The (r - d + 1)-th smallest |A~_i|^2; NaN if r < d, where the theorem says nothing about columns. */
  readonly column: number;
}

/**
 * Returns the quantities that go to 0 along every sequence with L -> -infinity (Theorem 3, converse).
 *
 * @param truth A, [d, r*]
 */
export function converseQuantities(truth: Matrix, vae: LinearVae): ConverseQuantities {
  const norms = squaredColumnNorms(vae.decoder);
  const errors = vae.encoderVariance.map((variance, i) => variance * (norms[i] ?? NaN));
  return {
    variance: vae.decoderDeviation ** 2,
    reconstruction: squaredNorm(reconstruct(truth, vae).residual) + sum(errors),
    column: [...norms].sort((a, b) => a - b)[norms.length - truth.rows] ?? NaN,
  };
}

/**
 * Returns the logarithms of three bounds minus those of the quantities, which makes the converse a statement about every point:
 *
 *   eps~^2 <= exp(x),  |A - A~ B~ A|_F^2 + sum_i D~_ii |A~_i|^2 <= d exp(x - 1),  |A~_(r-d+1)|^2 + eps~^2 <= exp(x)
 *
 * with x = (2 L - r) / d, and A~_(k) the column with the k-th smallest norm. The bounds go to 0 as L -> -infinity. The first two follow
 * from L >= T / (2 eps~^2) + d log eps~ + r / 2, T being the second quantity, and from its minimum over eps~ (Lemma 1). The third follows
 * from L >= L1 >= (d - r) log eps~ + 1/2 sum_i (1 + log(|A~_i|^2 + eps~^2)): the r - d smallest columns cancel the first term, as in the
 * paper's proof.
 *
 * @param truth A, [d, r*]
 */
export function converseMargins(truth: Matrix, vae: LinearVae): ConverseQuantities {
  const { variance, reconstruction, column } = converseQuantities(truth, vae);
  const bound = (2 * loss(truth, vae) - vae.decoder.columns) / truth.rows;
  return {
    variance: bound - Math.log(variance),
    reconstruction: bound - 1 + Math.log(truth.rows) - Math.log(reconstruction),
    column: bound - Math.log(column + variance),
  };
}

/** A sequence of VAEs as a function of s > 0, which goes to 0. */
export type VaeSequence = (s: number) => LinearVae;

/** Exponents that a drawn part can have; 0 does not move. The more frequent ones let the loss fall. */
const DEVIATION_EXPONENTS = [1, 1, 1, 1, 0];
const COLUMN_EXPONENTS = [2, 1, 1, 1, 0.5, 0];
const ENCODER_EXPONENTS = [Infinity, Infinity, 1.5, 1, 0.5, 0];
const VARIANCE_EXPONENTS = [0, 0, 0.5, -0.5];

/**
 * Draws a sequence of which every part moves by a random power of s: eps~, A~ and B~ near matrices with A = A~ B~ A, some of the columns
 * of A~ towards 0, and D~ near the best, except for one column. Some sequences drive L to -infinity, others violate a conclusion of Theorem 3.
 *
 * @param truth A, [d, r*]
 */
export function drawSequence(random: Random, truth: Matrix, latentDim: number): VaeSequence {
  const vanishing = random.integer(0, latentDim - truth.columns);
  const exact = exactDecoder(random, truth, latentDim, vanishing);
  const isZero = squaredColumnNorms(exact.decoder).map((norm) => norm === 0);
  const columns = gaussianMatrix(random, truth.rows, latentDim);
  const columnExponents = isZero.map(() => choose(random, COLUMN_EXPONENTS));
  const change = gaussianMatrix(random, latentDim, truth.rows);
  const encoderExponent = choose(random, ENCODER_EXPONENTS);
  const deviationExponent = choose(random, DEVIATION_EXPONENTS);
  const moved = random.integer(0, latentDim - 1);
  const varianceExponent = choose(random, VARIANCE_EXPONENTS);
  const varianceFactors = isZero.map(() => Math.exp(random.normal() / 2));
  return (s) => {
    const moving = columns
      .clone()
      .mulRowVector(isZero.map((is, i) => (is ? s ** (columnExponents[i] ?? NaN) : 0)));
    const vae = {
      decoder: Matrix.add(exact.decoder, moving),
      encoder: Matrix.add(exact.encoder, Matrix.mul(change, s ** encoderExponent)),
      decoderDeviation: s ** deviationExponent,
    };
    const encoderVariance = optimalEncoderVariance(vae).map(
      (variance, i) => variance * (varianceFactors[i] ?? NaN) * (i === moved ? s ** varianceExponent : 1),
    );
    return { ...vae, encoderVariance };
  };
}

function choose(random: Random, options: readonly number[]): number {
  return options[random.integer(0, options.length - 1)] ?? NaN;
}
