import { computedStatement } from './computed-statement.js';
import { decayNumbers, decayReached } from './decay-numbers.js';
import { decayPanels } from './decay-panels.js';

/** Examines the paper's conjecture about L. */
export const gradientDescentStatement = computedStatement({
  name: 'theory-gradient-descent',
  title: 'Gradient descent on the full loss L',
  explanation: [
    'Theorem 5 is proved for the simplified loss L₁ and for infinitely small steps; the paper only conjectures the same for gradient ' +
      'descent on the full loss L, which also trains the encoder variance D̃.',
    'Nobody trains on L₁, so the theorem explains training only if this conjecture is true.',
    'From random starts, gradient descent on L was run with a small fixed step, with t as the step size times the number of steps, and ' +
      'the part of Ã outside of W was compared with the bound of Theorem 5.',
  ],
  findings: [
    'For L, Lemma 5 gives the decay with the largest ε̃²/D̃ⱼⱼ so far in place of K; both are the same for the D̃ of Lemma 3. ' +
      'The table shows the smallest margin for either bound; the verdict uses the paper’s bound.',
  ],
  kind: 'gradient-flow',
  isAbout: ({ objective }) => objective === 'l',
  numbers: [
    ...decayNumbers,
    { name: 'smallestEncoderMargin', head: 'smallest margin with max eps^2/D as K', show: 'smallest' },
  ],
  reached: decayReached,
  draw: (runs, names) => [
    {
      caption:
        'Each color is a task. Solid: the part of Ã outside of W, the column span of A. Dashed: the bound of Theorem 5. Dotted: the ' +
        'bound that Lemma 5 gives for L.',
      drawing: decayPanels(runs, 'l', names),
    },
  ],
});
