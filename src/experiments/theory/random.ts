import { Matrix, QrDecomposition } from 'ml-matrix';
import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { mersenne } from 'pure-rand/generator/mersenne';

/** A stream of random numbers that depends only on the seed. */
export interface Random {
  /** Draws a standard normal number. */
  normal(): number;
  /** Draws a whole number from `min` to `max`, both included. */
  integer(min: number, max: number): number;
}

/** Returns a Mersenne Twister with 53-bit uniform numbers; normal numbers use Marsaglia's polar method. */
export function randomFrom(seed: number): Random {
  const generator = mersenne(seed);
  return {
    normal: polarMethod(() => uniformFloat64(generator)),
    integer: (min, max) => uniformInt(generator, min, max),
  };
}

/** Returns a function that draws standard normal numbers, two for each point in the unit circle. @param uniform draws from [0, 1) */
function polarMethod(uniform: () => number): () => number {
  let second: number | null = null;
  return () => {
    if (second !== null) {
      const scaled = second;
      second = null;
      return scaled;
    }
    for (;;) {
      const x = uniform() * 2 - 1;
      const y = uniform() * 2 - 1;
      const radius = x * x + y * y;
      if (radius === 0 || radius > 1) continue;
      const scale = Math.sqrt((-2 * Math.log(radius)) / radius);
      second = x * scale;
      return y * scale;
    }
  };
}

/** Draws `count` independent standard normal numbers. */
export function normals(random: Random, count: number): number[] {
  return Array.from({ length: count }, () => random.normal());
}

/** Draws a matrix [rows, columns] with independent N(0, 1) entries. */
export function gaussianMatrix(random: Random, rows: number, columns: number): Matrix {
  return Matrix.from1DArray(rows, columns, normals(random, rows * columns));
}

/** Draws an orthogonal matrix [size, size]: the Q of a Gaussian matrix. */
export function orthogonalMatrix(random: Random, size: number): Matrix {
  return new QrDecomposition(gaussianMatrix(random, size, size)).orthogonalMatrix;
}

/**
 * Draws the matrix of the paper's linear data, A = U [G; 0], [ambientDim, rank]: a rank x rank Gaussian matrix G padded with zeros
 * (Section 6), rotated by an orthogonal U of x-space so that no row of A is zero.
 */
export function groundTruth(random: Random, ambientDim: number, rank: number): Matrix {
  const turn = orthogonalMatrix(random, ambientDim).subMatrix(0, ambientDim - 1, 0, rank - 1);
  return turn.mmul(gaussianMatrix(random, rank, rank));
}
