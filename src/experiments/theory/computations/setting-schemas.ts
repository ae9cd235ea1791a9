import { MAX_SEED, wholeNumber } from '../../../task/setting-values.js';

/** The largest of each dimension. */
export const MAX_DIM = 100;

export const dimSetting = wholeNumber(1, MAX_DIM);

export const seedSetting = wholeNumber(0, MAX_SEED).describe('Seed of all that is drawn.');

export const ambientDimSetting = dimSetting.describe('d: the dimension of the space that the data lies in.');

export const latentDimSetting = dimSetting.describe('r: the number of latents of the model.');

export const rankSetting = dimSetting.describe(
  'r*: the rank of A, the dimension of the data. At most the ambient dimension.',
);
