import { formatNumber } from '../../../report/tables/format.js';
import { listBeforeEnd, type TrainingRun } from '../../vae/runs.js';
import paperTables from '../tables/paper-tables.json' with { type: 'json' };
import { roundsTo } from '../tables/paper.js';
import { taskClaim } from './task-claim.js';

const { data, generator } = paperTables.example_eigenvalues_six_dimensions;
const PRINTED = data.length + generator.length;

/** The example of Section 6. The paper does not say which of its tasks with six dimensions it shows. */
export const exampleEigenvalues = taskClaim({
  name: 'example-eigenvalues',
  statement:
    'A problem with six nonzero dimensions has the printed eigenvalues of the covariances of the data and of the generator.',
  source: 'Section 6, eigenvalues of linear data',
  test:
    'linear with released-code random streams and r* = 6, the evaluation before the end: in one of the tasks the six ' +
    'eigenvalues of 1,000 points of the data and the six of the generator all round to the printed ones',
  appliesTo: ({ experiment, intrinsicDim, randomStreams }) =>
    experiment === 'linear' && intrinsicDim === data.length && randomStreams === 'released-code',
  needs: 'one',
  check: (run) => {
    const matching =
      countMatching(run, 'sampleEigenvalues', data) +
      countMatching(run, 'generatedSampleEigenvalues', generator);
    return { holds: matching === PRINTED, value: matching };
  },
  explain: (run) =>
    `of ${PRINTED} printed; data ${listed(run, 'sampleEigenvalues')}; generator ${listed(run, 'generatedSampleEigenvalues')}`,
});

function countMatching(run: TrainingRun, metric: string, printed: readonly number[]): number {
  const values = ascending(run, metric);
  return printed.filter((number, index) => roundsTo(values[index] ?? NaN, number)).length;
}

function ascending(run: TrainingRun, metric: string): number[] {
  return [...listBeforeEnd(run, metric)].sort((a, b) => a - b);
}

function listed(run: TrainingRun, metric: string): string {
  return ascending(run, metric).map(formatNumber).join(', ');
}
