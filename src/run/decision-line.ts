import type { RankedCandidate } from '../search/halving.js';
import type { Stage } from '../search/stages.js';
import { formatCount, fourDigits } from '../units.js';

/** Returns, for example, `rung 1 of 4 (2,000 steps): best of 27 candidates 1.234, 9 promoted`. */
export function decisionLine({ name, ranking }: Stage): string {
  return `${name}: ${decisionText(ranking ?? [])}`;
}

/** Returns, for example, `best of 27 candidates 1.234, 9 promoted`. */
export function decisionText(ranking: readonly RankedCandidate[]): string {
  if (ranking.length === 0) return 'no candidates left';
  const promoted = ranking.filter(({ isPromoted }) => isPromoted).length;
  const [best] = ranking;
  const count = `${formatCount(ranking.length)} ${ranking.length === 1 ? 'candidate' : 'candidates'}`;
  const result =
    best?.mean === null || best === undefined
      ? `all of ${count} failed`
      : `best of ${count} ${fourDigits(best.mean)}`;
  return `${result}${promoted === 0 ? '' : `, ${formatCount(promoted)} promoted`}`;
}
