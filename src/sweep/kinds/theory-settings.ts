import { z } from 'zod';
import { badOptimumSchema } from '../../theory/computations/bad-optimum-settings.js';
import { gradientFlowSchema } from '../../theory/computations/gradient-flow-settings.js';
import { identitiesSchema } from '../../theory/computations/identities-settings.js';
import { landscapeSchema } from '../../theory/computations/landscape-settings.js';

/** Settings of any of the theory's tasks, as a store has them. */
export const theorySettingsSchema = z.discriminatedUnion('kind', [
  gradientFlowSchema,
  landscapeSchema,
  badOptimumSchema,
  identitiesSchema,
]);
