import { Matrix, pseudoInverse } from 'ml-matrix';
import { gaussianMatrix, orthogonalMatrix, type Random } from './random.js';

/**
 * Matrices with A = A~ B~ A and exactly `zeroColumns` zero columns of A~: what Theorem 3 supposes. The other columns are
 * [A, E] Q, E Gaussian and Q orthogonal, so that they span A's columns and more; B~ is A~'s pseudo-inverse, and A~ A~^+ projects on a
 * space that holds A's columns. Needs latentDim - zeroColumns >= the columns of A.
 *
 * @param truth A, [d, r*]
 * @returns A~, [d, latentDim], its zero columns at random places, and B~, [latentDim, d]
 */
export function exactDecoder(random: Random, truth: Matrix, latentDim: number, zeroColumns: number) {
  const nonzero = latentDim - zeroColumns;
  const columns = new Matrix(truth.rows, nonzero)
    .setSubMatrix(truth, 0, 0)
    .setSubMatrix(gaussianMatrix(random, truth.rows, nonzero - truth.columns), 0, truth.columns)
    .mmul(orthogonalMatrix(random, nonzero));
  const rows = pseudoInverse(columns);
  const decoder = Matrix.zeros(truth.rows, latentDim);
  const encoder = Matrix.zeros(latentDim, truth.rows);
  chosen(random, latentDim, nonzero).forEach((place, i) => {
    decoder.setColumn(place, columns.getColumn(i));
    encoder.setRow(place, rows.getRow(i));
  });
  return { decoder, encoder };
}

/** `count` of the numbers 0 to size - 1, in random order. */
function chosen(random: Random, size: number, count: number): number[] {
  const left = Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: count }, () => left.splice(random.whole(0, left.length - 1), 1)[0] ?? NaN);
}
