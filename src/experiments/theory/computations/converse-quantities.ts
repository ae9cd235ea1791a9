import { count, nat, one } from './quantity.js';

export const converseOutcomes = {
  'all-within':
    'every sequence is within the bounds, and those that drive the loss to -infinity meet every conclusion',
  exceeded: 'a sequence is outside of a bound, or drives the loss to -infinity without meeting a conclusion',
} as const;
export type Outcome = keyof typeof converseOutcomes;

export const converseColumns = {
  draw: count('The number of the sequence, the first is 1'),
  loss: nat('L, Eq. (4), at the smallest s'),
  slope: nat('Change of L over that of log s in the last decade; above 0 if L falls'),
  deviation: one('eps~ at the smallest s'),
  reconstructionError: one('|A - A~ B~ A|_F^2 + sum of D~_ii |A~_i|^2 at the smallest s'),
  column: one('The (r - d + 1)-th smallest |A~_i|^2 at the smallest s; NaN if r < d'),
  falls: one('1 if L goes to -infinity, else 0'),
  meets: one('1 if every conclusion of the theorem is met, else 0'),
  varianceMargin: one('The smallest log of the bound on eps~^2 over eps~^2 along the sequence'),
  reconstructionMargin: one('The same of the bound on reconstructionError'),
  columnMargin: one('The same of the bound on column + eps~^2; NaN if r < d'),
};
export type Column = keyof typeof converseColumns;

export const converseMeasures = {
  draws: count('Sequences'),
  falling: count('Sequences that drive the loss to -infinity'),
  violating: count('Sequences that do not meet a conclusion of the theorem'),
  counterexamples: count('Sequences that are both'),
  exceeded: count('Sequences with a margin below 0'),
  smallestVarianceMargin: one('The smallest varianceMargin'),
  smallestReconstructionMargin: one('The smallest reconstructionMargin'),
  smallestColumnMargin: one('The smallest columnMargin; NaN if r < d'),
};
export type Measure = keyof typeof converseMeasures;
