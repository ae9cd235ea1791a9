import { z } from 'zod';
import { formatCount } from '../../../units.js';

const MAX_SEED = 2 ** 31 - 1;
const MAX_DIM = 100;

export function wholeNumber(min: number, max: number) {
  const error = `expected a whole number from ${formatCount(min)} to ${formatCount(max)}`;
  return z.int({ error }).min(min, { error }).max(max, { error });
}

export function numberWithin(min: number, max: number) {
  const error = `expected a number from ${min} to ${max}`;
  return z.number({ error }).min(min, { error }).max(max, { error });
}

export function oneOf<const Values extends readonly string[]>(values: Values) {
  return z.enum(values, { error: `expected one of ${values.join(', ')}` });
}

export const dimSetting = wholeNumber(1, MAX_DIM);

export const seedSetting = wholeNumber(0, MAX_SEED).describe('Seed of all that is drawn.');

export const ambientDimSetting = dimSetting.describe('d: the dimension of the space that the data lies in.');

export const latentDimSetting = dimSetting.describe('r: the number of latents of the model.');

export const rankSetting = dimSetting.describe(
  'r*: the rank of A, the dimension of the data. At most the ambient dimension.',
);
