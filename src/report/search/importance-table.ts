import type { Estimate } from '../../search/importance.js';
import { formatCount } from '../../units.js';
import { MISSING } from '../tables/format.js';
import type { Table } from '../tables/table.js';
import type { Comparison } from './compared.js';
import type { SearchedSetting } from './searched-settings.js';

/** Returns a table that shows how much the metric depends on each setting; null if there are too few points. */
export function importanceTable(comparison: Comparison, settings: readonly SearchedSetting[]): Table | null {
  if (settings.every(({ importance }) => importance.explained === null && importance.correlation === null))
    return null;
  const { part, metric, search, failed, unselected } = comparison;
  const place = search?.method === 'halving' ? (search.stages[0]?.name ?? '') : '';
  return {
    name: `${part.name}-importance`,
    title: `Importance for ${metric}${place === '' ? '' : ` in ${place}`}, with 95% intervals`,
    caption:
      'Importance: the share of the variance of the ranks of the metric that each setting explains alone, from 0 to 1, adjusted for chance. ' +
      'Numbers are compared in up to five groups. Rank correlation: below 0 if a larger value of the setting has a smaller metric; near 0 ' +
      `also if the metric is best in the middle of the range. ${POINTS[search?.method ?? 'none']}`,
    head: ['setting', 'importance', 'rank correlation', 'points'],
    body: settings.map(({ name, importance: { explained, correlation, points } }) => [
      name,
      estimateText(explained),
      estimateText(correlation),
      formatCount(points),
    ]),
    notes:
      failed === 0
        ? []
        : [
            `${formatCount(failed)} of ${formatCount(failed + unselected.length)} points failed and are left out.`,
          ],
    records: settings.map(({ name, importance: { explained, correlation, groups, points } }) => ({
      setting: name,
      metric,
      importance: explained?.value ?? null,
      importanceLow: explained?.low ?? null,
      importanceHigh: explained?.high ?? null,
      correlation: correlation?.value ?? null,
      correlationLow: correlation?.low ?? null,
      correlationHigh: correlation?.high ?? null,
      groups,
      points,
    })),
  };
}

/** What the numbers of a method apply to. */
const POINTS = {
  halving: 'All candidates of the lowest rung count, because higher rungs have only selected ones.',
  tpe: 'The points of TPE lie near good values, so the numbers describe that region more than the whole space.',
  none: 'Settings that vary together share their effect.',
} as const;

/** Returns, for example, `0.42 (0.10 to 0.65)`. */
function estimateText(estimate: Estimate | null): string {
  if (estimate === null) return MISSING;
  const [value, low, high] = [estimate.value, estimate.low, estimate.high].map((number) => number.toFixed(2));
  return `${value ?? ''} (${low ?? ''} to ${high ?? ''})`.replaceAll('-0.00', '0.00');
}
