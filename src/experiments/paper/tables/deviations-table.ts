import { toCells, type Aggregate } from '../../../report/cells.js';
import { groupBy } from '../../../report/group-by.js';
import { settingText } from '../../../task/settings.js';
import type { TrainingRuns } from '../../vae/runs.js';
import { comparedAggregate, comparedMetric } from './compared.js';
import { formatAggregate, formatDifference, formatNumber } from '../../../report/tables/format.js';
import { rowsOf } from './means-tables.js';
import { printedDecimals, printedValue } from './paper.js';
import type { Table } from '../../../report/tables/table.js';

/** The printed means are over three seeds. Their spread is not printed, so it is assumed to equal the measured one. */
const PRINTED_RUNS = 3;

/**
 * How a measured mean compares with the printed number: it rounds to it, truncates to it (the paper prints 3.67 as 3.6), is within two
 * standard errors of the difference, or differs.
 */
type Agreement = 'rounds to it' | 'truncates to it' | 'within two standard errors' | 'differs';

const AGREEMENTS: readonly Agreement[] = [
  'rounds to it',
  'truncates to it',
  'within two standard errors',
  'differs',
];

/** Returns a table of how many printed numbers agree in which way, by table of the paper and random streams. @returns null without any */
export function deviationCountsTable(parts: readonly TrainingRuns[]): Table | null {
  const all = parts.flatMap(comparisonsOf);
  if (all.length === 0) return null;
  const streamsOf = ({ cell }: Comparison) => settingText(cell.settings, 'randomStreams');
  const groups = [...groupBy(all, (one) => `${one.table} ${streamsOf(one)}`).values()];
  const streams = [...groupBy(all, streamsOf).values()];
  const rows = [
    ...groups.map((group) => ({ table: group[0].table, group })),
    ...streams.map((group) => ({ table: 'all', group })),
  ].map(({ table, group }) => ({
    table,
    streams: streamsOf(group[0]),
    counts: AGREEMENTS.map((agreement) => group.filter((one) => one.agreement === agreement).length),
    total: group.length,
  }));
  return {
    name: 'deviation-counts',
    title: 'Printed numbers by agreement',
    caption:
      'How many of the printed numbers the measured mean rounds or truncates to, and how many lie only within two standard errors of the ' +
      'difference. The last two kinds of agreement are not exact.',
    head: ['table', 'random streams', ...AGREEMENTS, 'printed numbers'],
    body: rows.map(({ table, streams, counts, total }) => [
      table,
      streams,
      ...counts.map(String),
      String(total),
    ]),
    notes: [],
    records: rows.map(({ table, streams, counts, total }) => ({
      table,
      randomStreams: streams,
      ...Object.fromEntries(AGREEMENTS.map((agreement, index) => [agreement, counts[index] ?? 0])),
      printedNumbers: total,
    })),
  };
}

/** Returns a table of the printed numbers that are not exact to their digits. @returns null if the sweep measures no printed number */
export function deviationsTable(parts: readonly TrainingRuns[]): Table | null {
  const all = parts.flatMap(comparisonsOf);
  if (all.length === 0) return null;
  const count = (...agreements: Agreement[]) =>
    all.filter(({ agreement }) => agreements.includes(agreement)).length;
  const shown = all.filter(
    ({ agreement }) => agreement === 'within two standard errors' || agreement === 'differs',
  );
  return {
    name: 'deviations',
    title: 'Printed numbers that are not exact',
    caption:
      `${count('rounds to it', 'truncates to it')} of ${all.length} printed numbers are exact: the measured mean rounds ` +
      `(${count('rounds to it')}) or truncates (${count('truncates to it')}) to the printed digits; counts printed without decimals are read as having one. ${count('within two standard errors')} are within two ` +
      'standard errors of the difference (for three printed runs, assuming the measured spread), ' +
      `${count('differs')} differ. The printed errors of sigmoid data are compared with the average over all pairs.`,
    head: ['table', 'cell', 'row', 'measured', 'printed', 'difference', 'standard error', 'agreement'],
    body: shown.map((one) => [
      one.table,
      one.cell.name,
      one.row.label,
      formatAggregate(one.measured),
      formatNumber(one.printed),
      formatDifference(one.difference),
      formatNumber(one.standardError),
      one.agreement,
    ]),
    notes: [],
    records: all.map((one) => ({
      table: one.table,
      ...one.cell.fields,
      metric: comparedMetric(one.cell.part, one.row, one.cell.settings),
      mean: one.measured.mean,
      runs: one.measured.values.length,
      printed: one.printed,
      difference: one.difference,
      standardError: one.standardError,
      agreement: one.agreement,
    })),
  };
}

type Comparison = ReturnType<typeof comparisonsOf>[number];

/** Returns the printed numbers of the paper with the measured means. */
function comparisonsOf(partRuns: TrainingRuns) {
  const { part } = partRuns;
  const { table } = part;
  if (table === null) return [];
  return toCells(partRuns).flatMap((cell) =>
    rowsOf(part, cell.columns).flatMap((row) => {
      const measured = comparedAggregate(part, row, cell);
      const printed = row.printed === null ? null : printedValue(table, row.printed, cell.settings);
      if (measured === undefined || printed === null || row.printed === null || row.isOtherQuantity)
        return [];
      const compared = compare(measured, printed, printedDecimals(table, row.printed));
      return [{ table, cell, row, measured, printed, ...compared }];
    }),
  );
}

function compare({ mean, standardDeviation, values }: Aggregate, printed: number, decimals: number) {
  const difference = mean - printed;
  // The standard error of the difference of the two means.
  const standardError = (standardDeviation ?? 0) * Math.sqrt(1 / values.length + 1 / PRINTED_RUNS);
  return { difference, standardError, agreement: agreementOf(mean, printed, decimals, standardError) };
}

function agreementOf(mean: number, printed: number, decimals: number, standardError: number): Agreement {
  const unit = 10 ** -decimals;
  // The rounding error of sums of three float64 is smaller than this.
  const slack = 1e-9;
  if (Math.abs(mean - printed) <= unit / 2 + slack) return 'rounds to it';
  if (mean >= printed - slack && mean < printed + unit - slack) return 'truncates to it';
  return Math.abs(mean - printed) <= 2 * standardError ? 'within two standard errors' : 'differs';
}
