import type { RunOf } from './computed.js';
import { computedStatement } from './computed-statement.js';

/** Examines the converse of Theorem 3. */
export const converseStatement = computedStatement({
  name: 'theory-converse',
  title: 'Theorem 3, converse: what every sequence must do that drives the loss to −∞',
  explanation: [
    'If any sequence of Ã, B̃, D̃ and ε̃ drives the loss of a linear VAE to −∞, then ε̃ → 0, A − ÃB̃A → 0, D̃ᵢ|Ãᵢ|² → 0 for every column i, ' +
      'and more than r − d columns of Ã go to 0.',
    'Training can reach −∞ only in the way that the first half of the theorem describes.',
    'Random sequences were drawn in which every part moves by a power of a number s → 0, some towards the optima and some away from them, ' +
      'and the limits of the loss and of each quantity were compared, and at every point each quantity with the bound that the proof gives.',
  ],
  findings: [
    'The proof gives more than limits: with x = (2L − r)/d, at every point ε̃² ≤ eˣ, |A − ÃB̃A|² + Σ D̃ᵢ|Ãᵢ|² ≤ d eˣ⁻¹, and the ' +
      '(r − d + 1)-th smallest |Ãᵢ|² plus ε̃² is at most eˣ.',
  ],
  kind: 'landscape-converse',
  numbers: [
    { name: 'draws', head: 'sequences per task', show: 'range' },
    { name: 'falling', head: 'drive the loss to -infinity', show: 'range' },
    { name: 'violating', head: 'do not meet a conclusion', show: 'range' },
    { name: 'counterexamples', head: 'most counterexamples per task', show: 'largest', isInVerdict: true },
    { name: 'exceeded', head: 'most sequences outside a bound per task', show: 'largest', isInVerdict: true },
    { name: 'smallestVarianceMargin', head: 'smallest margin of eps~^2', show: 'smallest' },
    { name: 'smallestReconstructionMargin', head: 'smallest margin of the reconstruction', show: 'smallest' },
    { name: 'smallestColumnMargin', head: 'smallest margin of columns', show: 'smallest' },
  ],
  remarks: (runs) => [totals(runs)],
  draw: () => [],
});

/** Counts sequences over all tasks. */
function totals(runs: readonly RunOf<'landscape-converse'>[]): string {
  const total = (name: 'draws' | 'falling' | 'violating') =>
    runs.reduce((sum, { verdict }) => sum + (verdict.measures[name] ?? 0), 0).toLocaleString('en-US');
  return (
    `${total('falling')} of the ${total('draws')} sequences drive the loss to −∞, and ${total('violating')} do not meet a conclusion of ` +
    'the theorem.'
  );
}
