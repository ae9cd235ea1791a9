import { landscapeProblems, landscapeSchema } from '../computations/landscape-settings.js';
import { theoryExperiment } from './theory-experiment.js';

export const landscape = theoryExperiment({
  kind: 'landscape',
  schema: landscapeSchema,
  dimensions: { ambient: 'ambientDim', rank: 'rank', latent: 'latentDim' },
  nameParts: ({ zeroColumns, reconstruction }) => [
    `zero${zeroColumns}`,
    ...(reconstruction === 'exact' ? [] : [reconstruction]),
  ],
  problems: landscapeProblems,
  maxRows: ({ decades, pointsPerDecade }) => decades * pointsPerDecade + 1,
  ms: ({ decades, pointsPerDecade }) => 0.1 * decades * pointsPerDecade,
});
