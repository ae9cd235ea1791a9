import { toCells, type Aggregate, type Cell } from '../../aggregate/cells.js';
import type { PartRuns } from '../../aggregate/runs.js';
import { cellFields, cellName } from './describe-cell.js';
import { formatAggregate, formatDifference, formatNumber } from './format.js';
import { layouts, type LayoutRow } from './layouts.js';
import { printedValue } from './paper.js';
import type { Table } from './table.js';

/** The printed means are of three seeds; their spread is not printed, and taken to be as ours. */
const PRINTED_RUNS = 3;

interface Deviation {
  readonly table: string;
  readonly cell: Cell;
  readonly name: string;
  readonly row: LayoutRow;
  readonly measured: Aggregate;
  readonly printed: number;
  readonly difference: number;
  /** Of the difference of the two means. */
  readonly standardError: number;
  readonly comesOut: boolean;
}

/**
 * Printed numbers that do not come out, and by how much. One comes out if the measured mean is within two standard errors of
 * the difference, or rounds to it. @returns null if the sweep measures no printed number
 */
export function deviationsTable(parts: readonly PartRuns[]): Table | null {
  const all = parts.flatMap(deviationsOf);
  if (all.length === 0) return null;
  const deviations = all.filter(({ comesOut }) => !comesOut);
  return {
    name: 'deviations',
    title: 'Printed numbers that do not come out',
    caption:
      `${all.length - deviations.length} of ${all.length} printed numbers come out: the measured mean rounds to them, or is within two standard ` +
      'errors of the difference (three printed runs, their spread taken to be as the measured). The printed errors of sigmoid data ' +
      'are compared with the average over all pairs.',
    head: ['table', 'cell', 'row', 'measured', 'printed', 'difference', 'standard error'],
    body: deviations.map((one) => [
      one.table,
      one.name,
      one.row.label,
      formatAggregate(one.measured),
      formatNumber(one.printed),
      formatDifference(one.difference),
      formatNumber(one.standardError),
    ]),
    notes: [],
    records: all.map((one) => ({
      table: one.table,
      ...cellFields(one.cell),
      metric: one.row.metric,
      mean: one.measured.mean,
      runs: one.measured.values.length,
      printed: one.printed,
      difference: one.difference,
      standardError: one.standardError,
      comesOut: one.comesOut ? 1 : 0,
    })),
  };
}

function deviationsOf(partRuns: PartRuns): Deviation[] {
  const { part } = partRuns;
  const { table } = part;
  if (table === null) return [];
  return toCells(partRuns).flatMap((cell) =>
    layouts[table].flatMap((row) => {
      const measured = cell.metrics.get(row.metric);
      const printed = row.printed === null ? null : printedValue(table, row.printed, cell.settings);
      if (measured === undefined || printed === null || row.isOtherQuantity) return [];
      return [
        { table, cell, name: cellName(part, cell), row, measured, printed, ...compare(measured, printed) },
      ];
    }),
  );
}

function compare({ mean, standardDeviation, values }: Aggregate, printed: number) {
  const difference = mean - printed;
  const standardError = (standardDeviation ?? 0) * Math.sqrt(1 / values.length + 1 / PRINTED_RUNS);
  const halfDigit = 0.5 * 10 ** -decimals(printed);
  const comesOut = Math.abs(difference) <= Math.max(halfDigit, 2 * standardError) + 1e-9;
  return { difference, standardError, comesOut };
}

/** Digits after the point that the paper prints, one at least: its whole numbers are means of counts, printed without `.0`. */
function decimals(printed: number): number {
  return Math.max(1, (String(printed).split('.')[1] ?? '').length);
}
