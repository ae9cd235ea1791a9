import type { TrainingRuns } from '../../vae/runs.js';
import { isPaperExperiment } from '../../vae/settings/training-data.js';
import type { Claim, Verdict } from './claim.js';
import { clippedClaims } from './clipped-claims.js';
import { exampleEigenvalues } from './example-eigenvalues.js';
import { initialScale } from './initial-scale.js';
import { linearClaims } from './linear-claims.js';
import { nonlinearClaims } from './nonlinear-claims.js';
import { thresholdClaims } from './threshold-claims.js';

/** The claims in the text of the paper. To add a claim, add an entry to one of these lists. */
const claims: readonly Claim[] = [
  initialScale,
  ...linearClaims,
  exampleEigenvalues,
  ...nonlinearClaims,
  ...clippedClaims,
  ...thresholdClaims,
];

/** Returns the verdicts on the claims for which the sweep has tasks. */
export function judgeClaims(parts: readonly TrainingRuns[]): Verdict[] {
  const paperParts = parts.filter(({ part }) => isPaperExperiment(part.experiment));
  return claims.flatMap((claim) => claim.judge(paperParts) ?? []);
}
