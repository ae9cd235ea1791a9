import { Matrix, SVD } from 'ml-matrix';
import { sum } from 'simple-statistics';

/** A singular value counts as zero if it is below this fraction of the largest, the usual multiple of float64 rounding. */
const RANK_TOLERANCE = 1e-12;

/** Returns the singular values in descending order. */
export function singularValues(matrix: Matrix): number[] {
  return new SVD(matrix, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  }).diagonal;
}

/** Returns the number of singular values that are not zero to rounding. */
export function numericalRank(matrix: Matrix): number {
  const values = singularValues(matrix);
  return values.filter((value) => value > RANK_TOLERANCE * (values[0] ?? 0)).length;
}

/**
 * Returns an orthonormal basis of W^perp, where W is the column span of A, as columns [d, d - dim W]: the left singular vectors of A for
 * the singular value zero. Theorem 5 calls W the span of A's rows. However, its proof rotates x-space until A has zero rows, and what
 * decays there is the part of A~'s columns outside of A's column span.
 *
 * @param truth A, [d, r*]
 */
export function complementBasis(truth: Matrix): Matrix {
  const square = new Matrix(truth.rows, Math.max(truth.rows, truth.columns)).setSubMatrix(truth, 0, 0);
  const { leftSingularVectors } = new SVD(square, { autoTranspose: true });
  return leftSingularVectors.subMatrix(0, truth.rows - 1, numericalRank(truth), truth.rows - 1);
}

/**
 * Returns |u^T A~|^2 for each column u of the basis: the squared norms of A~'s rows at zero rows of A, after the rotation that produces
 * zero rows (Lemma 6). Their sum is |P_Wperp A~|_F^2 in Theorem 5.
 *
 * @param basis orthonormal columns, [d, k]
 * @param decoder A~, [d, r]
 */
export function squaredComponents(basis: Matrix, decoder: Matrix): number[] {
  const components = basis.transpose().mmul(decoder);
  return Matrix.mul(components, components).sum('row');
}

/** Returns the sum over k > dim W of sigma_k(A~)^2, the left side of Eq. (7) in Theorem 5. */
export function squaredTail(decoder: Matrix, dimension: number): number {
  return sum(
    singularValues(decoder)
      .slice(dimension)
      .map((value) => value ** 2),
  );
}
