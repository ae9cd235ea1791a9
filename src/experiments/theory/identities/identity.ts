import { Matrix } from 'ml-matrix';
import type { LinearVae } from '../linear-vae.js';
import { gaussianMatrix, groundTruth, type Random } from '../random.js';

/** The result of one draw. */
export interface Check {
  /** The two sides; for a vector or a path, their norms. */
  readonly left: number;
  readonly right: number;
  /** The error of the statement, at most `tolerance` if it holds. */
  readonly error: number;
}

/** A statement that holds for all matrices and is checked at random ones. */
export interface Identity {
  /** The statement, with its number in the paper. */
  readonly statement: string;
  /** The largest acceptable `error`, from rounding or the standard error of an estimate. */
  readonly tolerance: number;
  readonly check: (random: Random, point: RandomPoint) => Check;
}

/** A, [d, r*], and a linear VAE with r latents. */
export interface RandomPoint {
  readonly truth: Matrix;
  readonly vae: LinearVae;
}

/** Draws dimensions up to `maxDim` with r* < d, Gaussian matrices, and standard normal log D~_ii and log eps~. */
export function randomPoint(random: Random, maxDim: number): RandomPoint {
  const ambientDim = random.integer(2, maxDim);
  const truth = groundTruth(random, ambientDim, random.integer(1, ambientDim - 1));
  const latentDim = random.integer(1, maxDim);
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

/** Returns the point with a random row of A set to zero, and the index of that row. */
export function withZeroRow(random: Random, { truth, vae }: RandomPoint) {
  const row = random.integer(0, truth.rows - 1);
  const zeros = Array.from({ length: truth.columns }, () => 0);
  return { truth: truth.clone().setRow(row, zeros), vae, row };
}

/** Checks left = right. The error is their difference, relative to 1 + |right|. */
export function equality(left: number, right: number): Check {
  return { left, right, error: Math.abs(left - right) / (1 + Math.abs(right)) };
}

/** Checks left >= right. The error is how much left falls short, relative to 1 + |right|. */
export function atLeast(left: number, right: number): Check {
  return { left, right, error: Math.max(0, right - left) / (1 + Math.abs(right)) };
}

/** Checks that two vectors are equal. The error is the norm of their difference, relative to 1 + the norm of `right`. */
export function vectorEquality(left: readonly number[], right: readonly number[]): Check {
  const norm = Math.hypot(...right);
  const difference = Math.hypot(...left.map((value, i) => value - (right[i] ?? NaN)));
  return { left: Math.hypot(...left), right: norm, error: difference / (1 + norm) };
}

/** Returns the check with the largest error; NaN counts as the largest. */
export function worst(checks: readonly Check[]): Check {
  return checks.reduce((a, b) => (a.error >= b.error || Number.isNaN(a.error) ? a : b));
}
