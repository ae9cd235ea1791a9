import { Matrix } from 'ml-matrix';
import { lossGradient, type LinearVae, type SimplifiedVae } from './linear-vae.js';
import type { PathPoint } from './simplified-flow.js';

/**
 * Why a descent ended. `end-time`: it reached the end time. `step-limit`: it took `maxSteps` steps. `diverged`: eps~ or a D~_ii fell to
 * zero or below, or a number is not finite. The step is then too large for the curvature, which grows as 1 / eps~^2 and 1 / D~_ii^2.
 */
export type DescentEnd = 'end-time' | 'step-limit' | 'diverged';

/**
 * Runs gradient descent on the full loss L of Eq. (4): (A~, B~, D~, eps~) <- (A~, B~, D~, eps~) - stepSize * grad L, as in Lemma 4. The
 * time is stepSize times the number of steps. Yields the point after every step.
 *
 * @param truth A, [d, r*]
 */
export function* descend(
  truth: Matrix,
  start: LinearVae,
  endTime: number,
  { stepSize, maxSteps }: { readonly stepSize: number; readonly maxSteps: number },
): Generator<PathPoint, DescentEnd, undefined> {
  let vae = start;
  for (let step = 1; step * stepSize <= endTime; step++) {
    if (step > maxSteps) return 'step-limit';
    vae = descentStep(vae, lossGradient(truth, vae), stepSize);
    if (!isInDomain(vae)) return 'diverged';
    yield { time: step * stepSize, vae };
  }
  return 'end-time';
}

/** Returns the parameters minus stepSize times the gradient. */
export function descentStep(vae: LinearVae, gradient: LinearVae, stepSize: number): LinearVae {
  return {
    ...simplifiedDescentStep(vae, gradient, stepSize),
    encoderVariance: vae.encoderVariance.map(
      (variance, i) => variance - stepSize * (gradient.encoderVariance[i] ?? NaN),
    ),
  };
}

/** Performs the same step for the parameters of L1. */
export function simplifiedDescentStep(
  vae: SimplifiedVae,
  gradient: SimplifiedVae,
  stepSize: number,
): SimplifiedVae {
  return {
    decoder: Matrix.sub(vae.decoder, Matrix.mul(gradient.decoder, stepSize)),
    encoder: Matrix.sub(vae.encoder, Matrix.mul(gradient.encoder, stepSize)),
    decoderDeviation: vae.decoderDeviation - stepSize * gradient.decoderDeviation,
  };
}

function isInDomain({ decoder, encoder, encoderVariance, decoderDeviation }: LinearVae): boolean {
  return (
    [decoderDeviation, ...encoderVariance].every((value) => value > 0 && value < Infinity) &&
    [decoder, encoder].every((matrix) => Number.isFinite(matrix.norm()))
  );
}
