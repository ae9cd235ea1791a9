import type { Stage } from '../search/stages.js';
import { formatCount } from '../units.js';

/** Returns, for example, `rung 1 of 4 (2,000 steps): best of 27 candidates 1.234, 9 promoted`. */
export function decisionLine({ name, ranking }: Stage): string {
  const all = ranking ?? [];
  const promoted = all.filter(({ isPromoted }) => isPromoted).length;
  const [best] = all;
  const count = `${formatCount(all.length)} ${all.length === 1 ? 'candidate' : 'candidates'}`;
  const result =
    best?.mean === null || best === undefined
      ? `all of ${count} failed`
      : `best of ${count} ${Number(best.mean.toPrecision(4))}`;
  return `${name}: ${result}${promoted === 0 ? '' : `, ${formatCount(promoted)} promoted`}`;
}
