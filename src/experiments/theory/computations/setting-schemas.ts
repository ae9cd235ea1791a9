import { MAX_SEED, wholeNumber } from '../../../task/setting-values.js';

/** Maximum of each dimension. */
export const MAX_DIM = 100;

export const dimSetting = wholeNumber(1, MAX_DIM);

export const seedSetting = wholeNumber(0, MAX_SEED).describe('Seed of all random numbers.');

export const ambientDimSetting = dimSetting.describe('d: the dimension of the space that contains the data.');

export const latentDimSetting = dimSetting.describe('r: the number of latents of the model.');

export const rankSetting = dimSetting.describe(
  'r*: the rank of A and dimension of the data, at most the ambient dimension.',
);
