import { mean, sampleStandardDeviation, sum } from 'simple-statistics';

/** A VAE with an encoder variance that does not depend on x. d: ambient dimension, r: latents. */
export interface Vae {
  /** g: [d] to [r]. */
  readonly encode: (x: readonly number[]) => number[];
  /** f: [r] to [d]. */
  readonly decode: (z: readonly number[]) => number[];
  /** The diagonal of D, r positive numbers. */
  readonly encoderVariance: readonly number[];
  /** eps, the decoder's standard deviation, above 0. */
  readonly decoderDeviation: number;
}

/**
 * Returns the integrand of Eq. (3) at one x and one z', in nats. Its mean over x and z' ~ N(0, I_r) is the loss:
 *
 *   |x - f(g(x) + D^(1/2) z')|^2 / (2 eps^2) + |g(x)|^2 / 2 + d log eps + Tr(D) / 2 - 1/2 sum_i log D_ii
 */
export function objectiveAt(vae: Vae, x: readonly number[], noise: readonly number[]): number {
  const { encoderVariance, decoderDeviation } = vae;
  const code = vae.encode(x);
  const error = squaredDistance(x, vae.decode(perturbed(code, encoderVariance, noise)));
  const latents = encoderVariance.map((variance, i) => (code[i] ?? NaN) ** 2 + variance - Math.log(variance));
  return error / (2 * decoderDeviation ** 2) + sum(latents) / 2 + x.length * Math.log(decoderDeviation);
}

/** Returns |x - f(g(x) + D^(1/2) z')|^2. */
export function squaredErrorAt(vae: Vae, x: readonly number[], noise: readonly number[]): number {
  return squaredDistance(x, vae.decode(perturbed(vae.encode(x), vae.encoderVariance, noise)));
}

/** Returns the optimal decoder variance of Lemma 2 for fixed f, g and D: eps^2 = E |x - f(g(x) + D^(1/2) z')|^2 / d. */
export function optimalDecoderVariance(meanSquaredError: number, ambientDim: number): number {
  return meanSquaredError / ambientDim;
}

/**
 * Returns the negative of the objective in the proof of Lemma 7, at one x and z = g(x) + D^(1/2) z', in nats, with the constants of the
 * three densities: -(log p(x|z) + log p(z) - log q(z|x)). Its mean is the negative evidence lower bound.
 */
export function negativeBoundAt(vae: Vae, x: readonly number[], noise: readonly number[]): number {
  const { encoderVariance, decoderDeviation } = vae;
  const center = vae.encode(x);
  const z = perturbed(center, encoderVariance, noise);
  const ones = z.map(() => 1);
  const decoderVariance = x.map(() => decoderDeviation ** 2);
  return (
    logNormal(z, center, encoderVariance) -
    logNormal(x, vae.decode(z), decoderVariance) -
    logNormal(
      z,
      ones.map(() => 0),
      ones,
    )
  );
}

/** Returns the mean of independent values and its standard error. */
export function estimate(values: number[]): { readonly mean: number; readonly standardError: number } {
  return { mean: mean(values), standardError: sampleStandardDeviation(values) / Math.sqrt(values.length) };
}

/**
 * Returns the points +-sqrt(n) e_i. The mean of a polynomial of degree at most 3 over them is exactly its mean over N(0, I_n) (Stroud,
 * "Approximate Calculation of Multiple Integrals", 1971, the formula of degree 3 for the Gaussian weight).
 */
export function cubaturePoints(size: number): number[][] {
  return Array.from({ length: 2 * size }, (_, point) =>
    Array.from({ length: size }, (__, i) => {
      if (i !== Math.floor(point / 2)) return 0;
      return point % 2 === 0 ? Math.sqrt(size) : -Math.sqrt(size);
    }),
  );
}

/** Returns log N(x; mean, diag(variance)). */
function logNormal(x: readonly number[], center: readonly number[], variances: readonly number[]): number {
  const terms = variances.map(
    (variance, i) => ((x[i] ?? NaN) - (center[i] ?? NaN)) ** 2 / variance + Math.log(2 * Math.PI * variance),
  );
  return -sum(terms) / 2;
}

function perturbed(
  code: readonly number[],
  variances: readonly number[],
  noise: readonly number[],
): number[] {
  return code.map((value, i) => value + Math.sqrt(variances[i] ?? NaN) * (noise[i] ?? NaN));
}

function squaredDistance(a: readonly number[], b: readonly number[]): number {
  return sum(a.map((value, i) => (value - (b[i] ?? NaN)) ** 2));
}
