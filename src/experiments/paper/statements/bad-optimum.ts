import { badOptimumPanels } from './bad-optimum-panels.js';
import { computedStatement } from './computed-statement.js';

/** Examines Theorem 4. */
export const badOptimumStatement = computedStatement({
  name: 'theory-bad-optimum',
  title: 'Theorem 4 and Eq. (6): optima with too many dimensions',
  explanation: [
    'For data on a curved surface of dimension r*, the graph of a sigmoid, there are VAEs that generate a Gaussian in r* + s dimensions ' +
      'and still have a loss that goes to −∞, for every s ≥ 1 with d > r* + s and r ≥ r* + s.',
    'An unbounded loss and a perfect reconstruction therefore do not prove that the model found the surface of the data, unlike for ' +
      'linear data after training.',
    'For the construction of Eq. (6), the loss was computed in closed form and by Monte Carlo, its slope over log ε̃ was compared with ' +
      'd − r* − s, and the dimension of the generated points and the number of zeros in D̃ were compared with r* + s.',
  ],
  findings: [
    'With the logistic σ, a zero second matrix outputs σ(0) = 1/2 instead of 0, so the linear part gets the bias −σ(0); without it the ' +
      'construction does not reconstruct the data.',
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
    { name: 'generatorDim', head: 'generated dimensions', show: 'range' },
    { name: 'encoderZeros', head: 'zeros in D', show: 'range' },
    { name: 'predictedDim', head: 'r* + s', show: 'range' },
  ],
  draw: (runs) => [
    {
      caption:
        'Top: lines show the loss in closed form, dotted lines the predicted slope d − r* − s over log ε̃, and points the Monte Carlo ' +
        'estimates of Eq. (3) with bars of two standard errors, most of which are hidden by the points. Bottom: difference between the ' +
        'estimates and the closed form.',
      drawing: badOptimumPanels(runs),
    },
  ],
});
