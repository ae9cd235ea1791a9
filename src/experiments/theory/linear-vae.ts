import { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';

/** A linear VAE without its encoder variance, which is what L1 depends on. d: ambient dimension, r: latents. */
export interface SimplifiedVae {
  /** A~, [d, r]: column i is the output of latent i. */
  readonly decoder: Matrix;
  /** B~, [r, d]. */
  readonly encoder: Matrix;
  /** eps~, the decoder's standard deviation, above 0. */
  readonly decoderDeviation: number;
}

/** A linear VAE: x ~ N(A~ z, eps~^2 I_d), z ~ N(B~ x, D~). Also used for gradients: the derivative with respect to each of the four. */
export interface LinearVae extends SimplifiedVae {
  /** The diagonal of D~, r positive numbers. */
  readonly encoderVariance: readonly number[];
}

/**
 * Computes the loss of a linear VAE on x = A z, z ~ N(0, I), in nats, without the constants of the log densities: Eq. (4), derived in
 * Lemma 8 as Eq. (8):
 *
 *   L = |A - A~ B~ A|_F^2 / (2 eps~^2) + |B~ A|_F^2 / 2 + d log eps~
 *       + 1/2 sum_i (D~_ii |A~_i|^2 / eps~^2 + D~_ii - log D~_ii)
 *
 * with A~_i column i of A~.
 *
 * @param truth A, [d, r*]
 */
export function loss(truth: Matrix, vae: LinearVae): number {
  const { code, residual } = reconstruct(truth, vae);
  const precision = 1 / vae.decoderDeviation ** 2;
  const norms = squaredColumnNorms(vae.decoder);
  const latents = vae.encoderVariance.map(
    (variance, i) => variance * (norms[i] ?? NaN) * precision + variance - Math.log(variance),
  );
  return (
    (squaredNorm(residual) * precision + squaredNorm(code) + sum(latents)) / 2 +
    truth.rows * Math.log(vae.decoderDeviation)
  );
}

/**
 * Computes the derivatives of Eq. (4), with R = A - A~ B~ A and M = B~ A:
 *
 *   by A~:    -R M^T / eps~^2 + A~ D~ / eps~^2
 *   by B~:    (M - A~^T R / eps~^2) A^T
 *   by D~_ii: (|A~_i|^2 / eps~^2 + 1 - 1 / D~_ii) / 2
 *   by eps~:  d / eps~ - (|R|_F^2 + sum_i D~_ii |A~_i|^2) / eps~^3
 *
 * @param truth A, [d, r*]
 */
export function lossGradient(truth: Matrix, vae: LinearVae): LinearVae {
  const { decoder, encoderVariance, decoderDeviation } = vae;
  const precision = 1 / decoderDeviation ** 2;
  const { byDecoder, byEncoder, squaredResidual } = reconstructionGradient(truth, vae);
  const norms = squaredColumnNorms(decoder);
  const variances = [...encoderVariance];
  return {
    decoder: byDecoder.add(decoder.clone().mulRowVector(variances).mul(precision)),
    encoder: byEncoder,
    encoderVariance: variances.map((variance, i) => ((norms[i] ?? NaN) * precision + 1 - 1 / variance) / 2),
    decoderDeviation:
      (truth.rows - (squaredResidual + sum(variances.map((v, i) => v * (norms[i] ?? NaN)))) * precision) /
      decoderDeviation,
  };
}

/**
 * Returns the derivatives of the part that L and L1 share, |A - A~ B~ A|_F^2 / (2 eps~^2) + |B~ A|_F^2 / 2, with respect to A~ [d, r] and
 * B~ [r, d], and |A - A~ B~ A|_F^2.
 */
export function reconstructionGradient(truth: Matrix, vae: SimplifiedVae) {
  const { code, residual } = reconstruct(truth, vae);
  const precision = 1 / vae.decoderDeviation ** 2;
  const byCode = Matrix.sub(code, vae.decoder.transpose().mmul(residual).mul(precision));
  return {
    byDecoder: residual.mmul(code.transpose()).mul(-precision),
    byEncoder: byCode.mmul(truth.transpose()),
    squaredResidual: squaredNorm(residual),
  };
}

/** Returns M = B~ A, [r, r*], and R = A - A~ B~ A, [d, r*]. */
export function reconstruct(truth: Matrix, { decoder, encoder }: SimplifiedVae) {
  const code = encoder.mmul(truth);
  return { code, residual: Matrix.sub(truth, decoder.mmul(code)) };
}

/** Returns |M|_F^2. */
export function squaredNorm(matrix: Matrix): number {
  return matrix.dot(matrix);
}

/** Returns |M_i|^2 for every column i. */
export function squaredColumnNorms(matrix: Matrix): number[] {
  return Matrix.mul(matrix, matrix).sum('column');
}
