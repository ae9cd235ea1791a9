import type { ComputedSettings } from './computed.js';
import { computedStatement } from './computed-statement.js';
import { identityPanels } from './identity-panels.js';
import { identityText } from './identity-texts.js';

/** Examines Eq. (4), (7) and (8), and Lemmas 1 to 5 and 7. */
export const identitiesStatement = computedStatement({
  name: 'theory-identities',
  title: 'The identities behind the theorems: Eq. (4), (7), (8), Lemmas 1 to 5 and 7',
  explanation: [
    'The proofs rest on equations and inequalities that hold for all matrices: closed forms of the loss (Eq. 4, Lemmas 7 and 8), the best ' +
      'variances (Lemmas 2 and 3), a lower bound (Lemma 1), the symmetry under rotations (Lemma 4), and the effect of the gradient outside ' +
      'of the data’s subspace (Lemma 5, Eq. 7).',
    'An error in one of them would invalidate the theorems, and the code of this project is tested against them.',
    'Each was checked at random matrices of random dimensions, and Lemmas 1, 2 and 7, which hold for any f and g, also at random ' +
      'networks with a hidden layer of tanh: both sides were computed in different ways, and their difference was compared with ' +
      'rounding, or for Eq. (4) with the standard error of a Monte Carlo estimate.',
  ],
  findings: [
    'The paper’s proof of Lemma 2 refers to Eq. (4), the linear loss, but it is about Eq. (3), for any f and g.',
  ],
  kind: 'identities',
  labeledElsewhere: ['draws', 'maxDim'],
  words: [{ head: 'content', of: (settings) => identityText(nameOf(settings)).says }],
  numbers: [
    { name: 'draws', head: 'draws per task', show: 'range' },
    { name: 'exceeded', head: 'most draws above tolerance', show: 'largest' },
    { name: 'worstError', head: 'largest error', show: 'largest' },
    { name: 'tolerance', head: 'tolerance', show: 'range' },
    {
      name: 'worstShare',
      head: 'largest error relative to its tolerance',
      of: ({ worstError, tolerance }) =>
        worstError == null || tolerance == null ? null : worstError / tolerance,
      show: 'largest',
      isInVerdict: true,
    },
  ],
  draw: (runs) => [
    {
      caption:
        'Ticks are draws, diamonds the largest errors. Errors beyond the dashed line would be larger than rounding, or the standard error ' +
        'of an estimate, can explain. An error of 0, for example of an inequality that holds, is at the left end.',
      drawing: identityPanels(runs),
    },
  ],
});

function nameOf({ identity }: ComputedSettings): string {
  return typeof identity === 'string' ? identity : '';
}
