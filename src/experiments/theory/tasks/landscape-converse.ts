import { converseProblems, converseSchema } from '../computations/converse-settings.js';
import { theoryExperiment } from './theory-experiment.js';

export const landscapeConverse = theoryExperiment({
  kind: 'landscape-converse',
  schema: converseSchema,
  dimensions: { ambient: 'ambientDim', rank: 'rank', latent: 'latentDim' },
  nameParts: () => [],
  problems: converseProblems,
  maxRows: ({ draws }) => draws,
  ms: ({ ambientDim, latentDim, draws }) => draws * (0.2 + 5e-3 * ambientDim * latentDim),
});
