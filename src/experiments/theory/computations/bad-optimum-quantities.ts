import { count, nat, one } from './quantity.js';

export const badOptimumOutcomes = {
  'to-minus-infinity': 'the loss falls in proportion to log eps',
  bounded: 'it does not',
} as const;
export type Outcome = keyof typeof badOptimumOutcomes;

export const badOptimumColumns = {
  deviation: one('eps~'),
  loss: nat('The loss of Eq. (6) in closed form'),
  monteCarloLoss: nat('The mean of Eq. (3) over drawn x and z, of the same parameters'),
  standardError: nat('Its standard error'),
  error: one('monteCarloLoss - loss in standard errors'),
  slope: nat('Change of the loss over that of log eps~ since the row before; NaN in the first'),
};
export type Column = keyof typeof badOptimumColumns;

export const badOptimumMeasures = {
  predictedSlope: nat('d - r* - s'),
  slope: nat('Change of the loss over that of log eps~ in the last decade'),
  monteCarloSlope: nat('The same of monteCarloLoss, from eps~ = 0.01 to the smallest'),
  largestError: one('The largest |error|'),
  generatorDim: count('The rank of generated points about their mean'),
  predictedDim: count('r* + s'),
  encoderZeros: count('D~_ii below 0.1 at the smallest eps~: r* + s'),
};
export type Measure = keyof typeof badOptimumMeasures;
