import { count, nat, one } from './quantity.js';

export const landscapeOutcomes = {
  'to-minus-infinity': 'the loss falls in proportion to log eps',
  bounded: 'the loss converges',
  'to-plus-infinity': 'the loss rises',
} as const;
export type Outcome = keyof typeof landscapeOutcomes;

export const landscapeColumns = {
  deviation: one('eps~'),
  loss: nat("L, Eq. (4), at Lemma 3's D~: the smallest loss for this A~, B~ and eps~"),
  simplifiedLoss: nat('L1, Eq. (5): the same number'),
  asymptote: nat('slope log eps~ and what the loss differs from it by in the limit, if A = A~ B~ A'),
  slope: nat('Change of the loss over that of log eps~ since the row before; NaN in the first'),
  largestNonzeroVariance: one('The largest D~_ii of a nonzero column of A~'),
};
export type Column = keyof typeof landscapeColumns;

export const landscapeMeasures = {
  predictedSlope: nat('d - r + zero columns'),
  slope: nat('Change of the loss over that of log eps~ in the last decade'),
  residual: one('|A - A~ B~ A|_F'),
  residualPart: one(
    '|A - A~ B~ A|_F^2 / (2 eps~^2) over the loss at the smallest eps~: 1 if it is what makes the loss rise',
  ),
  loss: nat('The loss at the smallest eps~'),
  asymptoteError: nat('Its distance from the asymptote'),
  encoderZeros: count('D~_ii below 0.1 at the smallest eps~'),
  nonzeroColumns: count('Nonzero columns of A~: what encoderZeros is predicted to be'),
  simplifiedLossError: one('The largest |L - L1| / (1 + |L1|)'),
};
export type Measure = keyof typeof landscapeMeasures;
