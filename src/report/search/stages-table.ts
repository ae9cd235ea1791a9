import type { Search } from '../../search/stages.js';
import { formatCount, fourDigits } from '../../units.js';
import { MISSING } from '../tables/format.js';
import type { Table, TableRecord } from '../tables/table.js';

/** Returns a table of the rungs of a halving, or of the batches of a search by TPE: those that are known, then those that are planned. */
export function stagesTable({ part, method, metric, stages, planned }: Search): Table {
  const isHalving = method === 'halving';
  const highest = Math.max(...planned.map(({ budget }) => budget));
  const known = stages.map(({ name, budget, candidates, ranking }): TableRecord => ({
    stage: name,
    steps: isHalving ? budget : null,
    candidates: candidates.length,
    tasks: candidates.flat().length,
    failed: ranking?.filter(({ mean }) => mean === null).length ?? null,
    promoted:
      isHalving && budget < highest ? (ranking?.filter(({ isPromoted }) => isPromoted).length ?? null) : null,
    best: ranking?.[0]?.mean ?? null,
  }));
  const later = planned.slice(stages.length);
  const head = [isHalving ? 'rung' : 'batch', 'candidates', 'tasks', 'failed', `best ${metric}`];
  const cells = ({ candidates, tasks, failed, best, promoted }: TableRecord) => [
    ...[candidates, tasks, failed].map(countText),
    typeof best === 'number' ? fourDigits(best) : MISSING,
    ...(isHalving ? [countText(promoted)] : []),
  ];
  return {
    name: `${part}-stages`,
    title: isHalving ? `Rungs of ${part}` : `Batches of ${part}`,
    caption: `Failed candidates have a failed task or no finite ${metric}${isHalving ? ', and are never promoted' : ''}.`,
    head: isHalving ? [...head, 'promoted'] : head,
    body: [
      ...known.map((record) => [String(record['stage']), ...cells(record)]),
      ...later.map(({ name, candidates, tasks }) => [
        name,
        `at most ${formatCount(candidates)}`,
        `at most ${formatCount(tasks)}`,
        ...head.slice(3).map(() => MISSING),
        ...(isHalving ? [MISSING] : []),
      ]),
    ],
    notes: [],
    records: known,
  };
}

function countText(count: TableRecord[string] | undefined): string {
  return typeof count === 'number' ? formatCount(count) : MISSING;
}
