import type { ComputedSettings } from './computed.js';
import { computedStatement } from './computed-statement.js';
import { identityPanels } from './identity-panels.js';
import { identityText } from './identity-texts.js';

/** Eq. (4), (7), (8), Lemmas 1 to 5 and 7. */
export const identitiesStatement = computedStatement({
  name: 'theory-identities',
  title: 'The identities behind the theorems: Eq. (4), (7), (8), Lemmas 1 to 5 and 7',
  explanation: [
    'The proofs rest on equations and inequalities that hold for all matrices: closed forms of the loss (Eq. 4, Lemmas 7 and 8), the best ' +
      'variances (Lemmas 2 and 3) and a lower bound (Lemma 1), its symmetry under rotations (Lemma 4), and how its gradient pulls at what ' +
      'lies outside the data’s subspace (Lemma 5, Eq. 7).',
    'A slip in one of them would take the theorems with it, and they are what the code of this project is tested against.',
    'Each was checked at random matrices of random dimensions, the two sides computed in different ways, and their difference compared ' +
      'with what rounding, or for Eq. (4) the standard error of a Monte Carlo estimate, explains.',
  ],
  findings: [
    'The paper’s proof of Lemma 2 names Eq. (4), the linear loss; it is about Eq. (3), for any f and g.',
  ],
  kind: 'identities',
  toldOtherwise: ['draws', 'maxDim'],
  words: [{ head: 'what it says', of: (settings) => identityText(nameOf(settings)).says }],
  numbers: [
    { name: 'draws', head: 'draws a run', show: 'range' },
    { name: 'exceeded', head: 'most draws beyond', show: 'largest' },
    { name: 'worstError', head: 'largest error', show: 'largest' },
    { name: 'tolerance', head: 'tolerance', show: 'range' },
    {
      name: 'worstShare',
      head: 'largest error over its tolerance',
      of: ({ worstError, tolerance }) =>
        worstError == null || tolerance == null ? null : worstError / tolerance,
      show: 'largest',
      isInVerdict: true,
    },
  ],
  draw: (runs) => [
    {
      caption:
        'A tick is a draw, a diamond the largest error of all; beyond the dashed line an error would be more than rounding, or the ' +
        'standard errors of an estimate, explains. An error of 0, as of an inequality that holds, is at the left end.',
      drawing: identityPanels(runs),
    },
  ],
});

function nameOf({ identity }: ComputedSettings): string {
  return typeof identity === 'string' ? identity : '';
}
