import { Matrix } from 'ml-matrix';
import type { LinearVae } from '../linear-vae.js';
import { gaussianMatrix, groundTruth, type Random } from '../random.js';

/** What came of one draw. */
export interface Check {
  /** The two sides, of a vector or a whole path their norms. */
  readonly left: number;
  readonly right: number;
  /** By how much the statement is missed, at most `tolerance` if it holds. */
  readonly error: number;
}

/** A statement that holds for all matrices, checked at drawn ones. */
export interface Identity {
  /** The statement, with its number in the paper. */
  readonly statement: string;
  /** What `error` may be, and why: rounding, or standard errors of an estimate. */
  readonly tolerance: number;
  readonly check: (random: Random, point: RandomPoint) => Check;
}

/** A, [d, r*], and a linear VAE with r latents. */
export interface RandomPoint {
  readonly truth: Matrix;
  readonly vae: LinearVae;
}

/** Dimensions up to `maxDim`, r* below d; Gaussian matrices; log D~_ii and log eps~ standard normal. */
export function randomPoint(random: Random, maxDim: number): RandomPoint {
  const ambientDim = random.whole(2, maxDim);
  const truth = groundTruth(random, ambientDim, random.whole(1, ambientDim - 1));
  const latentDim = random.whole(1, maxDim);
  return {
    truth,
    vae: {
      decoder: gaussianMatrix(random, ambientDim, latentDim),
      encoder: gaussianMatrix(random, latentDim, ambientDim),
      encoderVariance: Array.from({ length: latentDim }, () => Math.exp(random.normal())),
      decoderDeviation: Math.exp(random.normal()),
    },
  };
}

/** The point with a zero row of A, and that row. */
export function withZeroRow(random: Random, { truth, vae }: RandomPoint) {
  const row = random.whole(0, truth.rows - 1);
  const zeros = Array.from({ length: truth.columns }, () => 0);
  return { truth: truth.clone().setRow(row, zeros), vae, row };
}

/** left = right: their difference, relative to 1 + |right|. */
export function equality(left: number, right: number): Check {
  return { left, right, error: Math.abs(left - right) / (1 + Math.abs(right)) };
}

/** left >= right: by how much it is missed, relative to 1 + |right|. */
export function atLeast(left: number, right: number): Check {
  return { left, right, error: Math.max(0, right - left) / (1 + Math.abs(right)) };
}

/** Equality of vectors: the norm of their difference, relative to 1 + the norm of the right one. */
export function vectorEquality(left: readonly number[], right: readonly number[]): Check {
  const norm = Math.hypot(...right);
  const difference = Math.hypot(...left.map((value, i) => value - (right[i] ?? NaN)));
  return { left: Math.hypot(...left), right: norm, error: difference / (1 + norm) };
}

/** The check with the largest error; a NaN is the largest. */
export function worst(checks: readonly Check[]): Check {
  return checks.reduce((a, b) => (a.error >= b.error || Number.isNaN(a.error) ? a : b));
}
