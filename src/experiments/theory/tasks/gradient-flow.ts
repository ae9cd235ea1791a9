import { gradientFlowProblems, gradientFlowSchema } from '../computations/gradient-flow-settings.js';
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
  ms: ({ objective, ambientDim, latentDim }) =>
    objective === 'l1' ? 250 + 5 * ambientDim * latentDim : 30 + 2 * ambientDim * latentDim,
});
