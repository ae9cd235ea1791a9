import { covariance, Matrix } from 'ml-matrix';
import { relativeDistance, symmetricEigenvalues } from './linear.js';
import { manifoldError, manifoldErrorPairwise } from './manifold.js';
import { oncePerPoints, type Evaluation, type Metric } from './metric.js';

/**
 * The scores of the authors' released code, logged only with its random streams. The noise of the generated points has the decoder
 * variance of the previous evaluation. The paper prints the last evaluation before the end of training. One thing is not as released: the
 * score of sigmoid data in the released code has no sigma, but the printed numbers have it, and so does `releasedManifoldError`.
 */
export const releasedMetrics: readonly Metric[] = [
  {
    name: 'releasedManifoldError',
    type: 'float64',
    unit: '1',
    description:
      'Manifold error as the released code scores it: the noise has the decoder variance of the evaluation before, and sigmoid data is averaged over all pairs of points',
    compute: (evaluation) => {
      if (evaluation.released === null) return null;
      const scored = { ...evaluation, generated: evaluation.released.generated };
      return evaluation.experiment === 'sigmoid' ? manifoldErrorPairwise(scored) : manifoldError(scored);
    },
  },
  {
    name: 'sampleEigenvalues',
    type: 'list',
    unit: '1',
    description: 'The r* largest eigenvalues of the sample covariance of a batch of linear data, descending',
    compute: (evaluation) => realEigenvalues(evaluation),
  },
  {
    name: 'generatedSampleEigenvalues',
    type: 'list',
    unit: '1',
    description:
      'The r* largest eigenvalues of the sample covariance of the generated points that the released code scores, descending',
    compute: (evaluation) => generatedEigenvalues(evaluation),
  },
  {
    name: 'releasedEigenvalueError',
    type: 'float64',
    unit: '1',
    description:
      '|generatedSampleEigenvalues - sampleEigenvalues| / |sampleEigenvalues|, the normalized eigenvalue error as the released code scores it',
    compute: (evaluation) => {
      const expected = realEigenvalues(evaluation);
      const actual = generatedEigenvalues(evaluation);
      return expected && actual && relativeDistance(actual, expected);
    },
  },
];

function realEigenvalues({ released, intrinsicDim }: Evaluation): number[] | null {
  const batch = released?.scoreBatch ?? null;
  return batch && sampleEigenvalues(batch).slice(0, intrinsicDim);
}

function generatedEigenvalues({ released, intrinsicDim }: Evaluation): number[] | null {
  return released?.scoreBatch ? sampleEigenvalues(released.generated).slice(0, intrinsicDim) : null;
}

/** Returns the eigenvalues of the sample covariance (centered, divided by n - 1) in descending order. */
const sampleEigenvalues = oncePerPoints((points) =>
  symmetricEigenvalues(covariance(new Matrix(points.map((point) => [...point])))),
);
