import { z } from 'zod';
import { identityNames } from '../identities/names.js';
import { oneOf, wholeNumber } from '../../../task/setting-values.js';
import { seedSetting } from './setting-schemas.js';

export const identitiesSchema = z.strictObject({
  kind: z.literal('identities'),
  identity: oneOf(identityNames).describe('The statement to check.'),
  seed: seedSetting,
  draws: wholeNumber(1, 100_000)
    .default(200)
    .describe('Number of random draws of matrices; each gives one row.'),
  maxDim: wholeNumber(2, 50).default(10).describe('The largest dimension of a draw; the smallest is 1.'),
});
export type IdentitiesSettings = z.output<typeof identitiesSchema>;
