import type { Matrix } from 'ml-matrix';
import { apply } from './linear-as-vae.js';
import { gaussianMatrix, normals, type Random } from './random.js';
import type { Vae } from './vae-objective.js';

/** A network with one hidden layer, x to W2 tanh(W1 x + b1) + b2. */
export interface TanhNetwork {
  /** W1, [hidden, inputs]. */
  readonly hidden: Matrix;
  /** b1, [hidden]. */
  readonly hiddenBias: readonly number[];
  /** W2, [outputs, hidden]. */
  readonly output: Matrix;
  /** b2, [outputs]. */
  readonly outputBias: readonly number[];
}

function applyTanh(network: TanhNetwork, x: readonly number[]): number[] {
  const hidden = apply(network.hidden, x).map((value, i) =>
    Math.tanh(value + (network.hiddenBias[i] ?? NaN)),
  );
  return apply(network.output, hidden).map((value, i) => value + (network.outputBias[i] ?? NaN));
}

/** Draws a network with standard normal weights and biases. */
export function randomTanhNetwork(
  random: Random,
  inputs: number,
  hidden: number,
  outputs: number,
): TanhNetwork {
  return {
    hidden: gaussianMatrix(random, hidden, inputs),
    hiddenBias: normals(random, hidden),
    output: gaussianMatrix(random, outputs, hidden),
    outputBias: normals(random, outputs),
  };
}

/** Returns the VAE with these networks as f and g. */
export function tanhVae(
  encoder: TanhNetwork,
  decoder: TanhNetwork,
  variances: Pick<Vae, 'encoderVariance' | 'decoderDeviation'>,
): Vae {
  return {
    encode: (x) => applyTanh(encoder, x),
    decode: (z) => applyTanh(decoder, z),
    ...variances,
  };
}
