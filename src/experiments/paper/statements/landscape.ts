import type { ComputedSettings } from './computed.js';
import { computedStatement } from './computed-statement.js';
import { landscapePanels } from './landscape-panels.js';
import { numberOf } from './run-names.js';

/** Examines Theorem 3 and Lemma 1. */
export const landscapeStatement = computedStatement({
  name: 'theory-landscape',
  title: 'Theorem 3 (Theorem 1) and Lemma 1: which linear VAEs drive the loss to −∞',
  explanation: [
    'As ε̃ → 0, the loss of a linear VAE goes to −∞ if and only if the model reconstructs all data, A = ÃB̃A, and more than r − d of the ' +
      'r columns of Ã are zero.',
    'The loss therefore rewards only reconstruction and unused latents, and among the decoders that it does not distinguish, many have ' +
      'the wrong density and some a subspace that is too large.',
    'For random A, exact Ã and B̃ with a given number of zero columns were constructed, or B̃ was perturbed so that it does not ' +
      'reconstruct (Lemma 1), and the loss at the best D̃ was computed for ε̃ falling by powers of ten: its predicted slope over log ε̃ is ' +
      'd − r + the number of zero columns.',
  ],
  findings: [],
  kind: 'landscape',
  words: [{ head: 'zero columns', of: caseOf }],
  numbers: [
    {
      name: 'predictedSlope',
      head: 'predicted slope',
      of: ({ predictedSlope }, settings) => (isExact(settings) ? predictedSlope : null),
      show: 'range',
    },
    { name: 'slope', head: 'slope', show: 'range' },
    {
      name: 'slopeDeviation',
      head: 'worst slope deviation',
      of: ({ slope, predictedSlope }, settings) =>
        isExact(settings) && slope != null && predictedSlope != null
          ? Math.abs(slope - predictedSlope)
          : null,
      show: 'largest',
      isInVerdict: true,
    },
    {
      name: 'residualPartDeviation',
      head: 'worst relative deviation from |A - A~B~A|^2/(2 eps~^2)',
      of: ({ residualPart }, settings) =>
        isExact(settings) || residualPart == null ? null : Math.abs(residualPart - 1),
      show: 'largest',
      isInVerdict: true,
    },
    {
      name: 'simplifiedLossError',
      head: 'largest relative error of L1',
      show: 'largest',
      isInVerdict: true,
    },
    { name: 'encoderZeros', head: 'zeros in D', show: 'range' },
    { name: 'nonzeroColumns', head: 'predicted zeros in D', show: 'range' },
  ],
  draw: (runs) => [
    {
      caption:
        'Points are the computed loss, dashed lines the prediction: a slope of d − r + zero columns over log ε̃ if A = ÃB̃A, and ' +
        '|A − ÃB̃A|²/(2ε̃²) otherwise. ε̃ goes to 0 towards the left.',
      drawing: landscapePanels(runs),
    },
  ],
});

function isExact({ reconstruction }: ComputedSettings): boolean {
  return reconstruction !== 'broken';
}

function caseOf(settings: ComputedSettings): string {
  if (!isExact(settings)) return 'reconstruction broken';
  const excess =
    numberOf(settings, 'zeroColumns') - numberOf(settings, 'latentDim') + numberOf(settings, 'ambientDim');
  if (excess === 0) return 'exactly r - d';
  return excess > 0 ? 'more than r - d' : 'fewer than r - d';
}
