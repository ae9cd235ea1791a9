import type { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import { squaredColumnNorms, squaredNorm } from './linear-vae.js';
import { complementBasis, squaredComponents, squaredTail } from './projections.js';
import type { PathPoint } from './simplified-flow.js';

/** Squared rounding error of a singular value, relative to the largest. */
const SQUARED_ROUNDING = 1e-28;

/** The quantities that Theorem 5 and Lemma 6 compare at one time. All logarithms are natural. */
export interface Decay {
  /** The largest |A~_j|^2 + eps~^2 on the path so far, A~_j column j. */
  readonly k: number;
  /** The largest eps~^2 / D~_jj so far. Lemma 5 gives it for L instead of K; with the D~ of Lemma 3 it equals K. */
  readonly encoderK: number;
  /** log |P_Wperp A~|_F^2. */
  readonly logOutside: number;
  /** log sum over k > dim W of sigma_k(A~)^2; NaN if A~ has no more than dim W singular values. */
  readonly logTail: number;
  /** log of exp(-t / K) |P_Wperp A~(0)|_F^2. */
  readonly logBound: number;
  /** logOutside - logTail, the first inequality of (7), with an allowance for the rounding of the singular values. */
  readonly tailMargin: number;
  /** logBound - logOutside. By the theorem it is not negative. */
  readonly margin: number;
  /** The margin with encoderK instead of K. */
  readonly encoderMargin: number;
  /** The smallest margin of a row of A~ at a zero row of A, after the rotation that produces zero rows of A (Lemma 6). */
  readonly rowMargin: number;
  /** log(|P_Wperp A~(0)|_F^2 / |P_Wperp A~|_F^2) K / t. By the theorem it is at least 1. NaN at t = 0, and when only rounding is left. */
  readonly rate: number;
}

/**
 * Measures the decay of Theorem 5: along the gradient flow of L1, while |A~_j|^2 + eps~^2 <= K for every column j,
 *
 *   sum_{k > dim W} sigma_k(A~(t))^2 <= |P_Wperp A~(t)|_F^2 <= exp(-t / K) |P_Wperp A~(0)|_F^2          (7)
 *
 * and of Lemma 6: |A~^(i)(t)|^2 <= exp(-t / K) |A~^(i)(0)|^2 for every row i where A is zero. The proof of Lemma 6 even gives twice the
 * rate, exp(-2 t / K): its second line drops the 2 in d/dt |a|^2 = 2 <a, da/dt>.
 *
 * Call `see` with every point of a path in turn; it updates the running maxima K. `measure` compares the last point. Between points K
 * could be larger, so the bound that is checked is at most that of the theorem.
 *
 * @param truth A, [d, r*]
 */
export function decayAlong(truth: Matrix, start: PathPoint) {
  const basis = complementBasis(truth);
  const dimension = truth.rows - basis.columns;
  const startComponents = squaredComponents(basis, start.vae.decoder);
  const startOutside = sum(startComponents);
  let k = 0;
  let encoderK = 0;
  const see = ({ vae }: PathPoint) => {
    const variance = vae.decoderDeviation ** 2;
    k = Math.max(k, ...squaredColumnNorms(vae.decoder).map((norm) => norm + variance));
    encoderK = Math.max(
      encoderK,
      ...vae.encoderVariance.map((encoderVariance) => variance / encoderVariance),
    );
    return k;
  };
  const measure = ({ time, vae }: PathPoint): Decay => {
    const components = squaredComponents(basis, vae.decoder);
    const outside = sum(components);
    const hasTail = Math.min(vae.decoder.rows, vae.decoder.columns) > dimension;
    const tail = hasTail ? squaredTail(vae.decoder, dimension) : NaN;
    const rounding = SQUARED_ROUNDING * squaredNorm(vae.decoder);
    const decayed = Math.log(startOutside / outside);
    const rows = components.map((value, i) => Math.log((startComponents[i] ?? NaN) / value));
    return {
      k,
      encoderK,
      logOutside: Math.log(outside),
      logTail: Math.log(tail),
      tailMargin: Math.log((outside + rounding) / tail),
      logBound: Math.log(startOutside) - time / k,
      margin: decayed - time / k,
      encoderMargin: decayed - time / encoderK,
      rowMargin: Math.min(...rows) - time / k,
      rate: time === 0 || outside < rounding ? NaN : (decayed * k) / time,
    };
  };
  return { see, measure };
}
