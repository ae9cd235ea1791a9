import { badOptimumPanels } from './bad-optimum-panels.js';
import { computedStatement } from './computed-statement.js';

/** Theorem 4. */
export const badOptimumStatement = computedStatement({
  name: 'theory-bad-optimum',
  title: 'Theorem 4 and Eq. (6): optima of too large a dimension',
  explanation: [
    'For data on a curved surface of dimension r*, the graph of a sigmoid, there are VAEs that generate a Gaussian of r* + s dimensions ' +
      'and whose loss goes to −∞ all the same, for every s ≥ 1 with d > r* + s and r ≥ r* + s.',
    'A loss without lower bound and a perfect reconstruction therefore do not mean that the data’s surface was found, as they do for ' +
      'linear data after training.',
    'The construction of Eq. (6) was built, its loss computed in closed form and by Monte Carlo from drawn points, its slope over log ε̃ ' +
      'compared with d − r* − s, and the dimension of what it generates and the zeros in D̃ with r* + s.',
  ],
  findings: [
    'With the logistic σ a zero second matrix puts out σ(0) = 1/2, not 0: the linear part is given the bias −σ(0), without which the ' +
      'construction does not reconstruct.',
  ],
  kind: 'bad-optimum',
  numbers: [
    { name: 'predictedSlope', head: 'predicted slope', show: 'range' },
    { name: 'slope', head: 'slope', show: 'range' },
    {
      name: 'slopeDeviation',
      head: 'worst slope deviation',
      of: ({ slope, predictedSlope }) =>
        slope == null || predictedSlope == null ? null : Math.abs(slope - predictedSlope),
      show: 'largest',
      isInVerdict: true,
    },
    { name: 'monteCarloSlope', head: 'Monte Carlo slope', show: 'range' },
    {
      name: 'largestError',
      head: 'largest Monte Carlo error in standard errors',
      show: 'largest',
      isInVerdict: true,
    },
    { name: 'generatorDim', head: 'dimension generated', show: 'range' },
    { name: 'encoderZeros', head: 'zeros in D', show: 'range' },
    { name: 'predictedDim', head: 'r* + s', show: 'range' },
  ],
  draw: (runs) => [
    {
      caption:
        'Above: lines are the loss in closed form, dots the predicted slope d − r* − s over log ε̃, points the Monte Carlo estimates of ' +
        'Eq. (3) with bars of two standard errors, which mostly lie within the points. Below: how far the estimates are from the closed form.',
      drawing: badOptimumPanels(runs),
    },
  ],
});
