import { Matrix } from 'ml-matrix';
import { aggregate, toCells } from '../../../report/cells.js';
import { finalNumber } from '../../../report/runs.js';
import { formatAggregate } from '../../../report/tables/format.js';
import type { Table } from '../../../report/tables/table.js';
import { relativeDistance, symmetricEigenvalues } from '../../vae/metrics/linear.js';
import { readPoints, type TrainingRun, type TrainingRuns } from '../../vae/runs.js';

/**
 * Returns the normalized eigenvalue error of linear data in two readings: with the spectrum of A A^T, which is logged, and with that of
 * (1/n) X^T X of true points, which is computed here from the points of the last evaluation.
 * @returns null if the sweep has no finished tasks of Table 1
 */
export function eigenvalueReadings(parts: readonly TrainingRuns[]): Table | null {
  const rows = parts
    .filter(({ part }) => part.table === 'table1')
    .flatMap(toCells)
    .filter(({ runs }) => runs.length > 0)
    .map((cell) => {
      const over = (numberOf: (run: TrainingRun) => number | null) =>
        aggregate(cell.runs, cell.label, numberOf);
      return {
        cell,
        exact: over((run) => finalNumber(run, 'eigenvalueError')),
        empirical: over(empiricalEigenvalueError),
        released: over((run) => finalNumber(run, 'releasedEigenvalueError')),
      };
    });
  if (rows.length === 0) return null;
  return {
    name: 'eigenvalue-readings',
    title: 'Linear data: readings of the normalized eigenvalue error',
    caption:
      'Mean ± standard deviation over the seeds at the end of training, with the eigenvalues of (1/n) X^T X of n generated points. The true ' +
      'eigenvalues are those of A A^T, as the text says in a formula, or those of (1/n) X^T X of n true points, as the text says of X, or ' +
      'those of the sample covariance of the batch that the released code scores (only with its random streams).',
    head: ['cell', 'A A^T', 'true points', 'released code'],
    body: rows.map(({ cell, exact, empirical, released }) => [
      cell.name,
      formatAggregate(exact),
      formatAggregate(empirical),
      formatAggregate(released),
    ]),
    notes: [],
    records: rows.map(({ cell, exact, empirical, released }) => ({
      ...cell.fields,
      eigenvalueError: exact?.mean ?? null,
      empiricalEigenvalueError: empirical?.mean ?? null,
      releasedEigenvalueError: released?.mean ?? null,
    })),
  };
}

/** Returns |lambda^ - lambda| / |lambda| at the end, where both are the r* largest eigenvalues of (1/n) X^T X, of generated and of true points. */
function empiricalEigenvalueError(run: TrainingRun): number {
  const { generated, real } = readPoints(run);
  const eigenvalues = (points: readonly (readonly number[])[]) => {
    const matrix = new Matrix(points.map((point) => [...point]));
    const moments = matrix.transpose().mmul(matrix).div(points.length);
    return symmetricEigenvalues(moments).slice(0, run.task.settings.intrinsicDim);
  };
  return relativeDistance(eigenvalues(generated), eigenvalues(real));
}
