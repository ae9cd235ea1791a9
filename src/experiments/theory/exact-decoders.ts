import { Matrix, pseudoInverse } from 'ml-matrix';
import { gaussianMatrix, orthogonalMatrix, type Random } from './random.js';

/**
 * Returns matrices with A = A~ B~ A and exactly `zeroColumns` zero columns of A~, the assumptions of Theorem 3. The other columns are
 * [A, E] Q with a Gaussian E and an orthogonal Q, so they span the columns of A and more. B~ is the pseudo-inverse of A~, and A~ A~^+
 * projects onto a space that contains the columns of A. Requires latentDim - zeroColumns >= the number of columns of A.
 *
 * @param truth A, [d, r*]
 * @returns A~, [d, latentDim], with its zero columns at random positions, and B~, [latentDim, d]
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
  sampleIndices(random, latentDim, nonzero).forEach((place, i) => {
    decoder.setColumn(place, columns.getColumn(i));
    encoder.setRow(place, rows.getRow(i));
  });
  return { decoder, encoder };
}

/** Returns `count` different numbers from 0 to size - 1, in random order. */
function sampleIndices(random: Random, size: number, count: number): number[] {
  const left = Array.from({ length: size }, (_, i) => i);
  return Array.from({ length: count }, () => left.splice(random.integer(0, left.length - 1), 1)[0] ?? NaN);
}
