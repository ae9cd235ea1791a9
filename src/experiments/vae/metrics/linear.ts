import { EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import { oncePerPoints, type Evaluation, type BuiltInMetric, type Points } from './metric.js';

/** A decoder row counts as nonzero if its norm is above this fraction of the largest norm. */
const NONZERO_ROW = 0.01;

/** Metrics of linear data; null for other data. */
export const linearMetrics: readonly BuiltInMetric[] = [
  {
    name: 'nonzeroDecoderRows',
    type: 'int32',
    unit: 'count',
    description: 'Rows of the decoder matrix, one a data coordinate, with a norm above 1% of the largest',
    title: 'nonzero decoder rows',
    short: 'Nonzero decoder rows',
    isInTables: true,
    compute: onLinear(({ matrix }) => {
      const norms = matrix.to2DArray().map((row) => Math.hypot(...row));
      const largest = Math.max(...norms);
      return norms.filter((norm) => norm > NONZERO_ROW * largest).length;
    }),
  },
  {
    name: 'eigenvalues',
    type: 'list',
    unit: '1',
    description: 'Eigenvalues of A A^T, the covariance of the data, descending',
    compute: onLinear(trueEigenvalues),
  },
  {
    name: 'generatedEigenvalues',
    type: 'list',
    unit: '1',
    description: 'The r* largest eigenvalues of (1/n) X^T X of the generated points, descending',
    compute: onLinear(generatedEigenvalues),
  },
  {
    name: 'eigenvalueError',
    type: 'float64',
    unit: '1',
    description: 'Norm of the difference of the two lists of eigenvalues over the norm of the true one',
    title: 'normalized eigenvalue error',
    short: 'Eigenvalue error',
    isInTables: true,
    isCharted: true,
    hasCurves: ['linear'],
    compute: onLinear((linear) => relativeDistance(generatedEigenvalues(linear), trueEigenvalues(linear))),
  },
  {
    name: 'decoderOutsideSpan',
    type: 'float64',
    unit: '1',
    description:
      'Squared Frobenius norm of what the decoder matrix has outside the column span of A (Theorem 2)',
    title: 'decoder outside the data, squared norm',
    compute: onLinear(decoderOutsideSpan),
  },
  {
    name: 'largestDecoderColumn',
    type: 'float64',
    unit: '1',
    description:
      'max_j |A~_j|^2 + eps^2, A~_j the columns of the decoder matrix: the K of Theorem 2 at this step',
    title: 'largest decoder column, squared norm + variance',
    compute: onLinear(({ matrix, evaluation }) => {
      const columns = matrix.transpose().to2DArray();
      return Math.max(...columns.map((column) => Math.hypot(...column) ** 2)) + evaluation.decoderVariance;
    }),
  },
];

interface Linear {
  readonly evaluation: Evaluation;
  /** A~, [ambientDim, latentDim]. */
  readonly matrix: Matrix;
  /** A, [r*, r*]. */
  readonly dataMatrix: Matrix;
}

function onLinear<T>(compute: (linear: Linear) => T): (evaluation: Evaluation) => T | null {
  return (evaluation) => {
    const [parameters] = evaluation.dataParameters;
    if (evaluation.experiment !== 'linear' || evaluation.decoderMatrix === null || parameters === undefined)
      return null;
    return compute({
      evaluation,
      matrix: toMatrix(evaluation.decoderMatrix),
      dataMatrix: toMatrix(parameters),
    });
  };
}

function trueEigenvalues({ dataMatrix }: Linear): number[] {
  return symmetricEigenvalues(dataMatrix.mmul(dataMatrix.transpose()));
}

function generatedEigenvalues({ evaluation }: Linear): number[] {
  return secondMomentEigenvalues(evaluation.generated).slice(0, evaluation.intrinsicDim);
}

/** Returns the eigenvalues of (1/n) X^T X in descending order. */
const secondMomentEigenvalues = oncePerPoints((points) =>
  symmetricEigenvalues(gram(points).div(points.length)),
);

/** Computes X^T X with the same rounding as `gram` of ml-matrix, which would spend most of the time on copying the points. */
function gram(points: Points): Matrix {
  const width = points[0]?.length ?? 0;
  const sums = Matrix.zeros(width, width).to2DArray();
  for (const point of points)
    for (const [row, sum] of sums.entries()) {
      const value = point[row] ?? NaN;
      for (let column = row; column < width; column++)
        sum[column] = (sum[column] ?? NaN) + value * (point[column] ?? NaN);
    }
  return new Matrix(
    sums.map((sum, row) => sum.map((value, column) => (column < row ? (sums[column]?.[row] ?? NaN) : value))),
  );
}

/** Computes |A~ - P A~|_F^2, where P = A (A^T A)^-1 A^T projects onto the column span of A (padded with zeros to [d, r*]). */
function decoderOutsideSpan({ evaluation, matrix, dataMatrix }: Linear): number {
  const { intrinsicDim, ambientDim } = evaluation;
  const padded = Matrix.zeros(ambientDim, intrinsicDim).setSubMatrix(dataMatrix, 0, 0);
  const inside = padded.mmul(solve(padded, matrix, true));
  return Matrix.sub(matrix, inside).norm('frobenius') ** 2;
}

/** Returns |actual - expected| / |expected|. */
export function relativeDistance(actual: readonly number[], expected: readonly number[]): number {
  return (
    Math.hypot(...expected.map((value, index) => value - (actual[index] ?? 0))) / Math.hypot(...expected)
  );
}

/** Returns the eigenvalues of a symmetric matrix in descending order. */
export function symmetricEigenvalues(matrix: Matrix): number[] {
  const { realEigenvalues } = new EigenvalueDecomposition(matrix, { assumeSymmetric: true });
  return [...realEigenvalues].sort((a, b) => b - a);
}

function toMatrix(rows: Points): Matrix {
  return new Matrix(rows.map((row) => [...row]));
}
