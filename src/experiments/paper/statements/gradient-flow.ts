import type { RunOf } from './computed.js';
import { formatRange } from './measured.js';
import { computedStatement } from './computed-statement.js';
import { decayCollapsed } from './decay-collapsed.js';
import { decayNumbers, decayReached } from './decay-numbers.js';
import { decayPanels } from './decay-panels.js';

/** Examines Theorem 5 and Lemma 6. */
export const gradientFlowStatement = computedStatement({
  name: 'theory-gradient-flow',
  title: 'Theorem 5 (Theorem 2) and Lemma 6: gradient flow finds the subspace',
  explanation: [
    'If the data of a linear VAE fill only a subspace W of the space, the gradient flow of the simplified loss L₁ removes the part of ' +
      'the decoder matrix Ã outside of W: the squared norm |P_W⊥ Ãᵀ|² is at most exp(−t/K) times its start, where K is the largest ' +
      '|Ãⱼ|² + ε̃² (column j) so far.',
    'Many decoders drive the loss to −∞ without having the subspace of the data (Theorem 3), so training, not the loss, must select ' +
      'those that have it.',
    'The flow was solved numerically from random Ã and B̃, and along each path the norm outside of W, the rows of Ã that should vanish ' +
      '(Lemma 6) and the singular values beyond dim W were compared with the bound.',
  ],
  findings: [
    'W is the column span of A. The text of the paper says the span of its rows, for which the bound fails. The proof is about the zero ' +
      'rows of A after a rotation of x-space, and therefore about the span of the columns.',
    'The proof of Lemma 6 drops the factor 2 in d/dt |a|² = 2⟨a, da/dt⟩, so exp(−2t/K) holds as well. In the table, a rate of 1 is what ' +
      'the paper states, and 2 is what its proof gives.',
  ],
  kind: 'gradient-flow',
  isAbout: ({ objective }) => objective !== 'l',
  numbers: decayNumbers,
  reached: decayReached,
  remarks: (runs) => [...boundAtEnd(runs)],
  draw: (runs, names) => [
    {
      subtitle: ', over time',
      caption:
        'W is the column span of A. Each color is a task. Solid: the part of Ã outside of W. Dashed: the bound with the K of the path so ' +
        'far. Dotted: the bound that the corrected proof gives. Curves end at 10⁻¹⁶ of the start, where only rounding is left.',
      drawing: decayPanels(runs, 'l1', names),
    },
    {
      suffix: '-bound',
      subtitle: ', all tasks with one bound',
      caption: 'Over t/K the bound is the same for all tasks: each must stay below the dashed line.',
      drawing: decayCollapsed(runs, names),
    },
  ],
});

/** Explains that ε̃ reaches 0 in finite time, so that paths end while the bound is still large. */
function boundAtEnd(runs: readonly RunOf<'gradient-flow'>[]): string[] {
  const ended = runs.filter(({ verdict }) => verdict.outcome === 'smallest-deviation');
  const left = (name: 'logBoundDecay' | 'logOutsideDecay') =>
    ended.flatMap(({ verdict }) => {
      const decay = verdict.measures[name] ?? null;
      return decay === null ? [] : [Math.exp(decay)];
    });
  const [bound, outside] = [left('logBoundDecay'), left('logOutsideDecay')];
  if (bound.length === 0 || outside.length === 0) return [];
  return [
    `ε̃ reaches its smallest value in finite time, often while the bound is still large: in the ${ended.length} ` +
      `${ended.length === 1 ? 'task' : 'tasks'} that ended this way, the bound was at ${formatRange(bound)} of its start and the norm itself ` +
      `at ${formatRange(outside)}.`,
  ];
}
