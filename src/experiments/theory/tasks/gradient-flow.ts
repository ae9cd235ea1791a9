import {
  gradientFlowProblems,
  gradientFlowSchema,
  type GradientFlowSettings,
} from '../computations/gradient-flow-settings.js';
import { theoryExperiment } from './theory-experiment.js';

export const gradientFlow = theoryExperiment({
  kind: 'gradient-flow',
  schema: gradientFlowSchema,
  dimensions: { ambient: 'ambientDim', rank: 'rank', latent: 'latentDim' },
  nameParts: ({ objective, startScale }) => [
    ...(objective === 'l1' ? [] : [objective]),
    `scale${startScale}`,
  ],
  problems: gradientFlowProblems,
  maxRows: ({ maxSteps }) => maxSteps + 1,
  likelyRows: () => 1_000,
  ms: (settings) => (settings.objective === 'l1' ? flowMs(settings) : descentMs(settings)),
});

/** A step of the solver takes the time of decompositions of matrices as large as the numbers of A~ and P, and larger flows take more steps. */
function flowMs({ ambientDim, rank, latentDim }: GradientFlowSettings): number {
  return 100 + 0.035 * (latentDim * (ambientDim + rank)) ** 2;
}

/** Most descents end at a time of about 1.5. */
function descentMs({ ambientDim, latentDim, stepSize }: GradientFlowSettings): number {
  return (1.5 / (stepSize ?? 1)) * (5e-3 + 6e-4 * ambientDim * latentDim);
}
