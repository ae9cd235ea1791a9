import { count, one } from './quantity.js';

export const identitiesOutcomes = {
  'all-within': 'every draw is within the tolerance',
  exceeded: 'a draw is not',
} as const;
export type Outcome = keyof typeof identitiesOutcomes;

export const identitiesColumns = {
  draw: count('The number of the draw, the first is 1'),
  ambientDim: count('d'),
  rank: count('r*'),
  latentDim: count('r'),
  left: one('The left side; of a vector or a path its norm'),
  right: one('The right side'),
  error: one('By how much the statement is missed, relative to 1 + |right|; of eq4 in standard errors'),
};
export type Column = keyof typeof identitiesColumns;

export const identitiesMeasures = {
  draws: count('Draws'),
  exceeded: count('Draws with an error above the tolerance'),
  worstError: one('The largest error'),
  tolerance: one('What an error may be'),
};
export type Measure = keyof typeof identitiesMeasures;
