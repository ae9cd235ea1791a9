import { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import {
  reconstruct,
  reconstructionGradient,
  squaredColumnNorms,
  squaredNorm,
  type SimplifiedVae,
} from './linear-vae.js';

/**
 * Computes the simplified loss of Lemma 3, L1(A~, B~, eps~) = min over D~ of L(A~, B~, D~, eps~), in nats, Eq. (5):
 *
 *   L1 = |A - A~ B~ A|_F^2 / (2 eps~^2) + |B~ A|_F^2 / 2 + (d - r) log eps~ + 1/2 sum_i (1 + log(|A~_i|^2 + eps~^2))
 *
 * @param truth A, [d, r*]
 */
export function simplifiedLoss(truth: Matrix, vae: SimplifiedVae): number {
  const { code, residual } = reconstruct(truth, vae);
  const variance = vae.decoderDeviation ** 2;
  const latents = squaredColumnNorms(vae.decoder).map((norm) => 1 + Math.log(norm + variance));
  return (
    (squaredNorm(residual) / variance + squaredNorm(code) + sum(latents)) / 2 +
    (truth.rows - vae.decoder.columns) * Math.log(vae.decoderDeviation)
  );
}

/**
 * Computes the derivatives of Eq. (5), with R = A - A~ B~ A and M = B~ A:
 *
 *   by A~:   -R M^T / eps~^2 + A~_ij / (|A~_j|^2 + eps~^2)
 *   by B~:   (M - A~^T R / eps~^2) A^T
 *   by eps~: -|R|_F^2 / eps~^3 + (d - r) / eps~ + sum_i eps~ / (|A~_i|^2 + eps~^2)
 *
 * @param truth A, [d, r*]
 */
export function simplifiedLossGradient(truth: Matrix, vae: SimplifiedVae): SimplifiedVae {
  const { decoder, decoderDeviation } = vae;
  const variance = decoderDeviation ** 2;
  const { byDecoder, byEncoder, squaredResidual } = reconstructionGradient(truth, vae);
  const weights = squaredColumnNorms(decoder).map((norm) => 1 / (norm + variance));
  return {
    decoder: byDecoder.add(decoder.clone().mulRowVector(weights)),
    encoder: byEncoder,
    decoderDeviation:
      (truth.rows - decoder.columns - squaredResidual / variance) / decoderDeviation +
      decoderDeviation * sum(weights),
  };
}

/** Returns the diagonal of the D~ that minimizes L (Lemma 3), D~_ii = eps~^2 / (|A~_i|^2 + eps~^2). */
export function optimalEncoderVariance({ decoder, decoderDeviation }: SimplifiedVae): number[] {
  const variance = decoderDeviation ** 2;
  return squaredColumnNorms(decoder).map((norm) => variance / (norm + variance));
}
