import { z } from 'zod';
import { badOptimumSchema } from '../computations/bad-optimum-settings.js';
import { gradientFlowSchema } from '../computations/gradient-flow-settings.js';
import { identitiesSchema } from '../computations/identities-settings.js';
import { landscapeSchema } from '../computations/landscape-settings.js';

/** Settings of any of the theory's tasks, as a store has them. */
export const theorySettingsSchema = z.discriminatedUnion('kind', [
  gradientFlowSchema,
  landscapeSchema,
  badOptimumSchema,
  identitiesSchema,
]);

/** Everything that decides what a computation of the paper's theory gives. */
export type TheorySettings = z.output<typeof theorySettingsSchema>;
