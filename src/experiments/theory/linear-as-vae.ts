import type { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import type { LinearVae } from './linear-vae.js';
import type { Vae } from './vae-objective.js';

/** Returns a linear VAE as a general VAE, for which Eq. (3) is written: f(z) = A~ z, g(x) = B~ x. */
export function linearAsVae({ decoder, encoder, encoderVariance, decoderDeviation }: LinearVae): Vae {
  return {
    encode: (x) => apply(encoder, x),
    decode: (z) => apply(decoder, z),
    encoderVariance,
    decoderDeviation,
  };
}

/** Returns M x. */
export function apply(matrix: Matrix, x: readonly number[]): number[] {
  return Array.from({ length: matrix.rows }, (_, i) => sum(x.map((value, j) => matrix.get(i, j) * value)));
}
