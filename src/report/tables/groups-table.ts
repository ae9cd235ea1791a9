import { aggregateAll } from '../cells.js';
import type { Run } from '../runs.js';
import { compareAggregates } from './comparison-table.js';
import { formatAggregate, formatDifference, formatNumber, MISSING } from './format.js';
import { generalRows } from './layouts.js';
import type { Table } from './table.js';

/** Means of any two groups of finished runs side by side, a row a metric. */
export function groupsTable(a: readonly Run[], b: readonly Run[]): Table {
  const [first, second] = [a, b].map((runs) => aggregateAll(runs, ({ name }) => name));
  const rows = generalRows
    .map(({ label, metric }) => ({ label, metric, one: first?.get(metric), other: second?.get(metric) }))
    .filter(({ one, other }) => one !== undefined || other !== undefined);
  return {
    name: 'groups',
    title: 'A and B',
    caption:
      `Mean ± standard deviation at the last evaluation, over the finished runs: ${a.length} of A, ${b.length} of B. ` +
      'The standard error is that of the difference of two independent means.',
    head: ['metric', 'A', 'B', 'B - A', 'standard error'],
    body: rows.map(({ label, one, other }) => {
      const { difference, standardError } = compareAggregates(one, other);
      return [
        label,
        formatAggregate(one),
        formatAggregate(other),
        difference === null ? MISSING : formatDifference(difference),
        formatNumber(standardError),
      ];
    }),
    notes: [],
    records: rows.map(({ metric, one, other }) => ({
      metric,
      meanA: one?.mean ?? null,
      meanB: other?.mean ?? null,
      ...compareAggregates(one, other),
    })),
  };
}
