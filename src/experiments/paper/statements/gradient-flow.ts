import type { RunOf } from './computed.js';
import { formatRange } from './measured.js';
import { computedStatement } from './computed-statement.js';
import { decayCollapsed } from './decay-collapsed.js';
import { decayNumbers, decayReached } from './decay-numbers.js';
import { decayPanels } from './decay-panels.js';

/** Theorem 5 and Lemma 6. */
export const gradientFlowStatement = computedStatement({
  name: 'theory-gradient-flow',
  title: 'Theorem 5 (Theorem 2) and Lemma 6: gradient flow finds the subspace',
  explanation: [
    'If a linear VAE learns data that fill only a subspace W of the space, the gradient flow of the simplified loss L₁ removes from ' +
      'the decoder matrix Ã what lies outside W: the squared norm |P_W⊥ Ãᵀ|² is at most exp(−t/K) times its start, K being the largest ' +
      '|Ãⱼ|² + ε̃² (column j) on the way.',
    'Many decoders drive the loss to −∞ and do not have the data’s subspace (Theorem 3), so that it must be training, not the loss, ' +
      'that picks those which do.',
    'From random Ã and B̃ the flow was solved numerically, and all along each path the norm outside W, the single rows of Ã that should ' +
      'vanish (Lemma 6) and the singular values beyond dim W were compared with the bound.',
  ],
  findings: [
    'W is the column span of A. The paper’s text says the span of its rows; with the rows the bound fails. Its proof is about the ' +
      'zero rows of A after a rotation of x-space, and so about the columns’ span.',
    'The proof of Lemma 6 drops the factor 2 of d/dt |a|² = 2⟨a, da/dt⟩: exp(−2t/K) holds as well, and a rate of 1 in the table is what ' +
      'the paper states, 2 what its proof gives.',
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
        'W is the column span of A. A colour is a run: solid what its Ã has outside W, dashed the bound with the K of the path so ' +
        'far, dotted the bound that the proof gives without its slip. Below 10⁻¹⁶ of the start rounding is all there is, and curves end.',
      drawing: decayPanels(runs, 'l1', names),
    },
    {
      suffix: '-bound',
      subtitle: ', all runs under one bound',
      caption: 'Against t/K the bound is the same for all runs: each has to stay below the dashed line.',
      drawing: decayCollapsed(runs, names),
    },
  ],
});

/** ε̃ reaches 0 in finite time, and the path ends before the bound says much. */
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
    `ε̃ reaches its smallest value in finite time, and the bound is often still large then: in the ${ended.length} runs that ended so ` +
      `it stood at ${formatRange(bound)} of its start, the norm itself at ${formatRange(outside)}.`,
  ];
}
