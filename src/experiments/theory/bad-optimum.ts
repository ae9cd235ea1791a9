import { sum } from 'simple-statistics';
import type { Vae } from './vae-objective.js';

export interface BadOptimumDims {
  /** r*: the dimension of the data. */
  readonly intrinsicDim: number;
  /** d, greater than intrinsicDim + extraDims. */
  readonly ambientDim: number;
  /** r, at least intrinsicDim + extraDims. */
  readonly latentDim: number;
  /** s, at least 1: the number of excess dimensions of the generator. */
  readonly extraDims: number;
}

/** Parameters of f(z) = A~1 z + b1 + sigma(A~2 z + b2), g(x) = B~ x + b, D~ and eps~. */
export interface SigmoidVaeParameters {
  /** A~1, [d, r]. */
  readonly linearKernel: number[][];
  /** b1, [d]. */
  readonly linearBias: number[];
  /** A~2, [d, r]. */
  readonly sigmoidKernel: number[][];
  /** b2, [d]. */
  readonly sigmoidBias: number[];
  /** B~, [r, d]. */
  readonly encoderKernel: number[][];
  /** b, [r]. */
  readonly encoderBias: number[];
  /** The diagonal of D~, [r]. */
  readonly encoderVariance: number[];
  readonly decoderDeviation: number;
}

/**
 * Returns the bad optimum of Theorem 4 for the data x = (z, sigma(<a*, z>), 0, ..., 0), z ~ N(0, I_r*), Eq. (6):
 *
 *   A~1 = [I_{r*+s} 0; 0 0],  A~2 = 0,  B~ = [I_{r*+1} 0; 0 0],
 *   D~_ii = eps~^2 / (1 + eps~^2) for i <= r* + s and 1 for the others
 *
 * It copies x and generates a Gaussian in r* + s dimensions. The paper allows any sigma. With the logistic sigma used here,
 * sigma(A~2 z) is 1/2 in every coordinate instead of 0, so the linear part has the bias -sigma(0).
 */
export function badOptimum(dims: BadOptimumDims, decoderDeviation: number): SigmoidVaeParameters {
  const { intrinsicDim, ambientDim, latentDim, extraDims } = dims;
  return {
    linearKernel: partialIdentity(ambientDim, latentDim, intrinsicDim + extraDims),
    linearBias: Array.from({ length: ambientDim }, () => -sigmoid(0)),
    sigmoidKernel: partialIdentity(ambientDim, latentDim, 0),
    sigmoidBias: Array.from({ length: ambientDim }, () => 0),
    encoderKernel: partialIdentity(latentDim, ambientDim, intrinsicDim + 1),
    encoderBias: Array.from({ length: latentDim }, () => 0),
    encoderVariance: badEncoderVariance(dims, decoderDeviation),
    decoderDeviation,
  };
}

/**
 * Computes the loss of the bad optimum, Eq. (3), in nats:
 *
 *   L = 1/2 sum_{i <= r*+s} D~_ii / eps~^2 + E|x|^2 / 2 + d log eps~ + Tr(D~) / 2 - 1/2 sum_i log D~_ii
 *
 * with E|x|^2 = r* + E sigma(<a*, z>)^2. Its slope with respect to log eps~ tends to d - r* - s. (In the proof of Theorem 4 the first sum
 * ends at r* + 1, and the last two terms have r* + 1 instead of r* + s and a wrong sign; for s = 1 only the sign is wrong. The theorem
 * itself is correct.)
 *
 * @param slopes a*, r* numbers
 */
export function badOptimumLoss(
  dims: BadOptimumDims,
  slopes: readonly number[],
  decoderDeviation: number,
): number {
  const variances = badEncoderVariance(dims, decoderDeviation);
  const copied = variances.slice(0, dims.intrinsicDim + dims.extraDims);
  const squaredData = dims.intrinsicDim + meanSquaredSigmoid(Math.hypot(...slopes));
  return (
    (sum(copied) / decoderDeviation ** 2 + squaredData + sum(variances.map((v) => v - Math.log(v)))) / 2 +
    dims.ambientDim * Math.log(decoderDeviation)
  );
}

/** Returns the VAE (f, g, D~, eps~) with these parameters. */
export function sigmoidVae(parameters: SigmoidVaeParameters): Vae {
  const { linearKernel, linearBias, sigmoidKernel, sigmoidBias, encoderKernel, encoderBias } = parameters;
  return {
    encode: (x) => affine(encoderKernel, encoderBias, x),
    decode: (z) => {
      const bent = affine(sigmoidKernel, sigmoidBias, z).map(sigmoid);
      return affine(linearKernel, linearBias, z).map((value, i) => value + (bent[i] ?? NaN));
    },
    encoderVariance: parameters.encoderVariance,
    decoderDeviation: parameters.decoderDeviation,
  };
}

/** Returns x = (z, sigma(<a*, z>), 0, ..., 0), [ambientDim]. */
export function sigmoidPoint(z: readonly number[], slopes: readonly number[], ambientDim: number): number[] {
  const height = sigmoid(sum(z.map((value, i) => value * (slopes[i] ?? NaN))));
  return [...z, height, ...Array.from({ length: ambientDim - z.length - 1 }, () => 0)];
}

function badEncoderVariance(dims: BadOptimumDims, decoderDeviation: number): number[] {
  const variance = decoderDeviation ** 2;
  return Array.from({ length: dims.latentDim }, (_, i) =>
    i < dims.intrinsicDim + dims.extraDims ? variance / (1 + variance) : 1,
  );
}

/**
 * Computes E sigma(deviation u)^2 over u ~ N(0, 1) with the trapezoidal rule, which converges exponentially for an analytic function that
 * decays: the poles of sigma at +-i pi / deviation cause an error of about exp(-2 pi^2 / (deviation step)), which is below 1e-16 for
 * deviations up to 25.
 */
function meanSquaredSigmoid(deviation: number): number {
  const step = 0.02;
  const terms = Array.from({ length: 1001 }, (_, i) => {
    const u = (i - 500) * step;
    return sigmoid(deviation * u) ** 2 * Math.exp((-u * u) / 2);
  });
  return (sum(terms) * step) / Math.sqrt(2 * Math.PI);
}

function affine(
  kernel: readonly (readonly number[])[],
  bias: readonly number[],
  x: readonly number[],
): number[] {
  return kernel.map((row, i) =>
    row.reduce((total, value, j) => total + value * (x[j] ?? NaN), bias[i] ?? NaN),
  );
}

/** Returns the matrix [I_size 0; 0 0], [rows, columns]. */
function partialIdentity(rows: number, columns: number, size: number): number[][] {
  return Array.from({ length: rows }, (_, i) =>
    Array.from({ length: columns }, (__, j) => (i === j && i < size ? 1 : 0)),
  );
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}
