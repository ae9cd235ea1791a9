import { count, nat, one } from './quantity.js';

export const gradientFlowOutcomes = {
  'smallest-deviation': 'eps~ fell to smallestDeviation',
  'max-time': 'maxTime was reached',
  decayed: 'the bound fell below 1e-16 of its start, where float64 shows no more',
  'step-collapsed': 'steps became too small to change the time',
  'step-limit': 'maxSteps were taken',
  'k-exploded': 'K exceeded largestK',
  diverged: 'a descent step left eps~ > 0 or D~ > 0: stepSize is too large',
} as const;
export type Outcome = keyof typeof gradientFlowOutcomes;

export const gradientFlowColumns = {
  time: one('t of the flow; stepSize times the steps of gradient descent'),
  deviation: one('eps~, the standard deviation of the decoder'),
  loss: nat('L1, Eq. (5), or L, Eq. (4)'),
  k: one('The largest |A~_j|^2 + eps~^2 so far'),
  encoderK: one('The largest eps~^2 / D~_jj so far'),
  logOutside: one('log |P_Wperp A~|_F^2'),
  logTail: one('log of the sum of the squared singular values of A~ beyond dim W; NaN if there are none'),
  tailMargin: one('logOutside - logTail, less the rounding of the singular values'),
  logBound: one('log of exp(-t / K) |P_Wperp A~(0)|_F^2'),
  margin: one('logBound - logOutside'),
  encoderMargin: one('The same with encoderK for K'),
  rowMargin: one('The smallest margin of one row of A~ at a zero row of the rotated A (Lemma 6)'),
  rate: one('Decay of logOutside over t / K: the theorem says at least 1; NaN where not defined'),
};
export type Column = keyof typeof gradientFlowColumns;

export const gradientFlowMeasures = {
  time: one('The time reached'),
  deviation: one('eps~ there'),
  k: one('The largest |A~_j|^2 + eps~^2 of the path'),
  encoderK: one('The largest eps~^2 / D~_jj of the path'),
  logBoundDecay: one('-t / K: what the bound has fallen by'),
  logOutsideDecay: one('What log |P_Wperp A~|_F^2 has changed by'),
  smallestMargin: one('The smallest margin at t > 0'),
  smallestEncoderMargin: one('The smallest encoderMargin at t > 0'),
  smallestRowMargin: one('The smallest rowMargin at t > 0'),
  smallestTailMargin: one('The smallest tailMargin; NaN if there is none'),
  smallestRate: one('The smallest rate'),
  steps: count("The solver's or the descent's steps"),
};
export type Measure = keyof typeof gradientFlowMeasures;
