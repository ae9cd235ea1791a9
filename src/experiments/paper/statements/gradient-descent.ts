import { computedStatement } from './computed-statement.js';
import { decayNumbers, decayReached } from './decay-numbers.js';
import { decayPanels } from './decay-panels.js';

/** What the paper believes of L, without a proof. */
export const gradientDescentStatement = computedStatement({
  name: 'theory-gradient-descent',
  title: 'Gradient descent on the full loss L',
  explanation: [
    'Theorem 5 is proved for the simplified loss L₁ and for infinitely small steps; of gradient descent on the full loss L, which ' +
      'trains the encoder variance D̃ as well, the paper only believes the same.',
    'Nobody trains on L₁: what the theorem explains of training rests on this belief.',
    'Gradient descent on L with a small fixed step was followed from random starts, t being the step size times the number of steps, ' +
      'and what Ã has outside W was compared with the bound of Theorem 5.',
  ],
  findings: [
    'For L, Lemma 5 gives the decay with the largest ε̃²/D̃ⱼⱼ on the way in place of K; the two are the same where D̃ is Lemma 3’s. ' +
      'The table has the smallest margin under either bound; the verdict is about the paper’s.',
  ],
  kind: 'gradient-flow',
  isAbout: ({ objective }) => objective === 'l',
  numbers: [
    ...decayNumbers,
    { name: 'smallestEncoderMargin', head: 'smallest margin with max eps^2/D for K', show: 'smallest' },
  ],
  reached: decayReached,
  draw: (runs, names) => [
    {
      caption:
        'A colour is a run: solid what its Ã has outside W, the column span of A, dashed the bound of Theorem 5, dotted the one that ' +
        'Lemma 5 gives for L.',
      drawing: decayPanels(runs, 'l', names),
    },
  ],
});
