import type { TrainingSettings } from '../../vae/settings/task.js';
import { formatNumber } from '../../../report/tables/format.js';
import { checkLinearRank, LINEAR_RANK_TEST } from './linear-rank.js';
import { listAt, numberAt } from './numbers.js';
import { taskClaim } from './task-claim.js';

/** With Adam's learning rate of 1e-3 the log-variances need some thousand steps. Shorter tasks have not converged. */
const MIN_STEPS = 20_000;

/** The claim that the implicit bias of linear VAEs does not depend on a small initialization, unlike in matrix factorization. */
export const initialScale = taskClaim({
  name: 'initial-scale',
  statement:
    'Initialization scale does not play a major role in the bias of linear VAEs towards low-rank solutions.',
  source: 'Section 3',
  test: `linear, a sweep over initialKernelScale, every task at every scale: ${LINEAR_RANK_TEST}`,
  appliesTo: ({ experiment }) => experiment === 'linear',
  isEvidence: ({ varying }) => varying.includes('initialKernelScale'),
  isTooShort: ({ steps }: TrainingSettings) => steps < MIN_STEPS,
  explain: (run) => {
    const smallest = listAt(run, 'eigenvalues').at(-1) ?? NaN;
    const outside = formatNumber(numberAt(run, 'decoderOutsideSpan'));
    return `squared norm outside of the span ${outside}, smallest eigenvalue of A A^T ${formatNumber(smallest)}`;
  },
  check: checkLinearRank,
});
