import { badOptimumProblems, badOptimumSchema } from '../computations/bad-optimum-settings.js';
import { theoryExperiment } from './theory-experiment.js';

export const badOptimum = theoryExperiment({
  kind: 'bad-optimum',
  schema: badOptimumSchema,
  dimensions: { intrinsic: 'intrinsicDim', ambient: 'ambientDim', latent: 'latentDim' },
  nameParts: ({ extraDims }) => [`extra${extraDims}`],
  problems: badOptimumProblems,
  maxRows: ({ decades, pointsPerDecade }) => decades * pointsPerDecade + 1,
  ms: ({ ambientDim, latentDim, points, decades, pointsPerDecade }) =>
    points * decades * pointsPerDecade * (5e-3 + 5.5e-5 * ambientDim * latentDim),
});
