import type { Matrix } from 'ml-matrix';
import { sum } from 'simple-statistics';
import type { LinearVae } from './linear-vae.js';
import type { Vae } from './vae-objective.js';

/** f(z) = A~ z, g(x) = B~ x: a linear VAE as one that Eq. (3) is written for. */
export function linearAsVae({ decoder, encoder, encoderVariance, decoderDeviation }: LinearVae): Vae {
  return {
    encode: (x) => apply(encoder, x),
    decode: (z) => apply(decoder, z),
    encoderVariance,
    decoderDeviation,
  };
}

/** M x. */
export function apply(matrix: Matrix, x: readonly number[]): number[] {
  return Array.from({ length: matrix.rows }, (_, i) => sum(x.map((value, j) => matrix.get(i, j) * value)));
}
