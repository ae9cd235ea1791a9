import { Matrix, SVD } from 'ml-matrix';
import { sum } from 'simple-statistics';

/** A singular value counts as zero below this part of the largest, the usual multiple of float64's rounding. */
const RANK_TOLERANCE = 1e-12;

/** Singular values, descending. */
export function singularValues(matrix: Matrix): number[] {
  return new SVD(matrix, {
    computeLeftSingularVectors: false,
    computeRightSingularVectors: false,
    autoTranspose: true,
  }).diagonal;
}

/** The number of singular values that are not zero to rounding. */
export function numericalRank(matrix: Matrix): number {
  const values = singularValues(matrix);
  return values.filter((value) => value > RANK_TOLERANCE * (values[0] ?? 0)).length;
}

/**
 * An orthonormal basis of W^perp, W the column span of A, as columns, [d, d - dim W]: the left singular vectors of A for the
 * singular value zero. Theorem 5 calls W the span of A's rows; its proof turns x-space until A has zero rows, and what decays
 * there is the part of A~'s columns outside A's columns.
 *
 * @param truth A, [d, r*]
 */
export function complementBasis(truth: Matrix): Matrix {
  const square = new Matrix(truth.rows, Math.max(truth.rows, truth.columns)).setSubMatrix(truth, 0, 0);
  const { leftSingularVectors } = new SVD(square, { autoTranspose: true });
  return leftSingularVectors.subMatrix(0, truth.rows - 1, numericalRank(truth), truth.rows - 1);
}

/**
 * |u^T A~|^2 for each column u of the basis: the squared norms of A~'s rows at zero rows of A, after the rotation that makes A
 * have them (Lemma 6). Their sum is |P_Wperp A~|_F^2 of Theorem 5.
 *
 * @param basis orthonormal columns, [d, k]
 * @param decoder A~, [d, r]
 */
export function squaredComponents(basis: Matrix, decoder: Matrix): number[] {
  const components = basis.transpose().mmul(decoder);
  return Matrix.mul(components, components).sum('row');
}

/** sum over k > dim W of sigma_k(A~)^2, the left side of Theorem 5's Eq. (7). */
export function squaredTail(decoder: Matrix, dimension: number): number {
  return sum(
    singularValues(decoder)
      .slice(dimension)
      .map((value) => value ** 2),
  );
}
