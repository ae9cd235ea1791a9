import { randomNormal } from 'd3-random';
import { Matrix, QrDecomposition } from 'ml-matrix';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** Numbers that depend on the seed alone, one stream: what is drawn depends on what was drawn before. */
export interface Random {
  /** One standard normal number. */
  normal(): number;
  /** A whole number from `min` to `max`, both included. */
  whole(min: number, max: number): number;
}

/** The Mersenne Twister, 53 bits a uniform number; normal numbers by Marsaglia's polar method. */
export function randomFrom(seed: number): Random {
  const generator = mersenne(seed);
  return {
    normal: randomNormal.source(() => uniformFloat64(generator))(),
    whole: (min, max) => uniformInt(generator, min, max),
  };
}

/** `count` independent standard normal numbers. */
export function normals(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.normal());
}

/** Independent N(0, 1) entries, [rows, columns]. */
export function gaussianMatrix(random: Random, rows: number, columns: number): Matrix {
  return Matrix.from1DArray(rows, columns, normals(random, rows * columns));
}

/** An orthogonal U, [size, size]: the Q of a Gaussian matrix. */
export function orthogonalMatrix(random: Random, size: number): Matrix {
  return new QrDecomposition(gaussianMatrix(random, size, size)).orthogonalMatrix;
}

/**
 * A = U [G; 0], [ambientDim, rank]: the paper's linear data, G a rank x rank Gaussian matrix padded with zeros (Section 6),
 * turned by an orthogonal U of x-space, so that no row of A is zero.
 */
export function groundTruth(random: Random, ambientDim: number, rank: number): Matrix {
  const turn = orthogonalMatrix(random, ambientDim).subMatrix(0, ambientDim - 1, 0, rank - 1);
  return turn.mmul(gaussianMatrix(random, rank, rank));
}
