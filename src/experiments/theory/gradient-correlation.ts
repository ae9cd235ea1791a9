import type { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import { lossGradient, squaredColumnNorms, type LinearVae, type SimplifiedVae } from './linear-vae.js';
import { simplifiedLossGradient } from './simplified-loss.js';

/** The two sides of an inequality left >= right. */
export interface Sides {
  readonly left: number;
  readonly right: number;
}

/**
 * Returns both sides of Lemma 5 for L, for a row i where A is zero:
 *
 *   sum_j A~_ij dL/dA~_ij >= sum_j D~_jj A~_ij^2 / eps~^2
 *
 * The difference is |(A~ B~ A)^(i)|^2 / eps~^2.
 *
 * @param truth A, [d, r*]
 * @param row i
 */
export function lossCorrelation(truth: Matrix, vae: LinearVae, row: number): Sides {
  const values = vae.decoder.getRow(row);
  const precision = 1 / vae.decoderDeviation ** 2;
  return {
    left: dot(values, lossGradient(truth, vae).decoder.getRow(row)),
    right: sum(values.map((value, j) => (vae.encoderVariance[j] ?? NaN) * value ** 2 * precision)),
  };
}

/**
 * Returns both sides of Lemma 5 for L1, for a row i where A is zero:
 *
 *   sum_j A~_ij dL1/dA~_ij >= sum_j A~_ij^2 / (|A~_j|^2 + eps~^2)
 *
 * with A~_j column j.
 */
export function simplifiedLossCorrelation(truth: Matrix, vae: SimplifiedVae, row: number): Sides {
  const values = vae.decoder.getRow(row);
  const norms = squaredColumnNorms(vae.decoder);
  return {
    left: dot(values, simplifiedLossGradient(truth, vae).decoder.getRow(row)),
    right: sum(values.map((value, j) => value ** 2 / ((norms[j] ?? NaN) + vae.decoderDeviation ** 2))),
  };
}

function dot(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((value, i) => value * (b[i] ?? NaN)));
}
