import { z } from 'zod';
import { badOptimumSchema } from '../computations/bad-optimum-settings.js';
import { converseSchema } from '../computations/converse-settings.js';
import { gradientFlowSchema } from '../computations/gradient-flow-settings.js';
import { identitiesSchema } from '../computations/identities-settings.js';
import { landscapeSchema } from '../computations/landscape-settings.js';

/** The stored settings of any task of the theory. */
export const theorySettingsSchema = z.discriminatedUnion('kind', [
  gradientFlowSchema,
  landscapeSchema,
  converseSchema,
  badOptimumSchema,
  identitiesSchema,
]);

/** All settings that determine the results of a computation of the paper's theory. */
export type TheorySettings = z.output<typeof theorySettingsSchema>;

/** The settings of sweep files of the theory, by experiment. A sweep file sets three of the stored settings as `dimensions`. */
export type TheorySettingInputs = {
  readonly [Kind in Input['kind']]: Inputs<Extract<Input, { kind: Kind }>>;
};

type Input = z.input<typeof theorySettingsSchema>;
type Dimension = 'intrinsicDim' | 'ambientDim' | 'rank' | 'latentDim';
type Inputs<Own> = Required<Omit<Own, 'kind' | Dimension>> &
  ('ambientDim' extends keyof Own ? { readonly dimensions: readonly [number, number, number] } : unknown);
