import { aggregateAll } from '../cells.js';
import type { LogColumn } from '../../task/column.js';
import { shortTitleOf } from '../column-titles.js';
import type { Run } from '../runs.js';
import { compareAggregates, COMPARISON_HEAD, comparisonCells } from './comparison-table.js';
import { MEANS_CAPTION } from './means-tables.js';
import type { Table } from './table.js';

/** Compares the means of two groups of finished tasks, with one row per summary column. */
export function groupsTable(a: readonly Run[], b: readonly Run[], columns: readonly LogColumn[]): Table {
  const [first, second] = [a, b].map((runs) => aggregateAll(runs, ({ name }) => name));
  const rows = columns
    .map((column) => ({ column, one: first?.get(column.name), other: second?.get(column.name) }))
    .filter(({ one, other }) => one !== undefined || other !== undefined);
  return {
    name: 'groups',
    title: 'A and B',
    caption:
      `${MEANS_CAPTION}: ${a.length} of A, ${b.length} of B. ` +
      'The standard error is that of the difference of two independent means.',
    head: ['metric', ...COMPARISON_HEAD],
    body: rows.map(({ column, one, other }) => [shortTitleOf(column), ...comparisonCells(one, other)]),
    notes: [],
    records: rows.map(({ column, one, other }) => ({
      metric: column.name,
      meanA: one?.mean ?? null,
      meanB: other?.mean ?? null,
      ...compareAggregates(one, other),
    })),
  };
}
