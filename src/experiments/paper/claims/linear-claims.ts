import { formatNumber } from '../../../report/tables/format.js';
import type { TrainingRun } from '../../vae/runs.js';
import { above, exactly, listAt, numberAt } from './numbers.js';
import { checkLinearRank, LINEAR_RANK_TEST } from './linear-rank.js';
import { IN_MOST, taskClaim, type TaskClaim } from './task-claim.js';

/** Far below the 0.3 to 0.7 that the paper prints, and above the error of 1,000 points of the true distribution. */
const CLOSE_EIGENVALUE_ERROR = 0.1;

const isLinear: TaskClaim['appliesTo'] = ({ experiment }) => experiment === 'linear';

export const linearClaims = [
  taskClaim({
    name: 'linear-rows',
    statement: 'Linear VAEs find the support: exactly the right number of decoder rows is nonzero.',
    source: 'Section 6, Table 1',
    test: 'linear: number of decoder rows with a norm above 1% of the largest minus the intrinsic dimension is 0',
    appliesTo: isLinear,
    check: (run) => exactly(excess(run, 'nonzeroDecoderRows'), 0),
  }),
  taskClaim({
    name: 'linear-rank',
    statement:
      'Linear VAEs recover a generator with support equal to the support of the data: the decoder has the rank of the data.',
    source: 'Section 1; Sections 3 and 5, Theorems 2 and 5',
    test: `linear: ${LINEAR_RANK_TEST}`,
    appliesTo: isLinear,
    check: checkLinearRank,
    explain: explainDirection,
  }),
  taskClaim({
    name: 'linear-zeros-at-least-rows',
    statement:
      'The encoder variance of linear VAEs has at least as many zeros as the decoder has nonzero rows.',
    source: 'Section 6, caption of Table 1',
    test: 'linear: number of entries D_ii < 0.1 minus the number of nonzero decoder rows is at least 0',
    appliesTo: isLinear,
    check: (run) => above(numberAt(run, 'encoderZeros') - numberAt(run, 'nonzeroDecoderRows'), -1),
    explain: explainDirection,
  }),
  taskClaim({
    name: 'linear-zeros-correct',
    statement: 'The encoder variance of linear VAEs almost always has the correct number of zeros.',
    source: 'Section 6',
    test:
      'linear: number of entries D_ii < 0.1 minus the intrinsic dimension is 0, ' +
      `${IN_MOST} (the means that Table 1 prints allow for at most 18 of 21)`,
    appliesTo: isLinear,
    needs: 'most',
    check: (run) => exactly(excess(run, 'encoderZeros'), 0),
    explain: explainDirection,
  }),
  taskClaim({
    name: 'linear-density',
    statement: 'Linear VAEs do not recover the density: the eigenvalues of the covariance stay far off.',
    source: 'Section 6, Table 1',
    test: `linear: normalized eigenvalue error above ${CLOSE_EIGENVALUE_ERROR}`,
    appliesTo: isLinear,
    check: (run) => above(numberAt(run, 'eigenvalueError'), CLOSE_EIGENVALUE_ERROR),
  }),
];

function excess(run: TrainingRun, metric: string): number {
  return numberAt(run, metric) - run.task.settings.intrinsicDim;
}

/** Says how large the weakest direction of the data is: with a variance near eps^2 the model can treat it as noise. */
function explainDirection(run: TrainingRun): string {
  const smallest = listAt(run, 'eigenvalues').at(-1);
  if (smallest === undefined) return '';
  const variance = numberAt(run, 'decoderVariance');
  return `smallest eigenvalue of A A^T ${formatNumber(smallest)}, eps^2 ${formatNumber(variance)}`;
}
