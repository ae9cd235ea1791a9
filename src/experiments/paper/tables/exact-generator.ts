import { toCells, type Aggregate, aggregate } from '../../../report/cells.js';
import { formatAggregate, formatNumber } from '../../../report/tables/format.js';
import type { Table } from '../../../report/tables/table.js';
import { settingText } from '../../../task/settings.js';
import { readDataParameters, type TrainingRun, type TrainingRuns } from '../../vae/runs.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { comparedAggregate } from './compared.js';
import { layouts } from './layouts.js';
import { printedValue } from './paper.js';
import { sigmoidVariance } from './sigmoid-variance.js';

const TABLES: readonly string[] = ['table2', 'table4'];

/**
 * Returns, for each cell of Tables 2 and 4, the error over pairs that a generator with exactly the true distribution has: two
 * independent draws of sigma(<a*, z>) differ by 2 Var sigma in the mean square, and the noise of one of them adds eps^2.
 * @returns null without finished tasks of these tables
 */
export function exactGeneratorTable(parts: readonly TrainingRuns[]): Table | null {
  const rows = parts
    .filter(({ part }) => part.table !== null && TABLES.includes(part.table))
    .flatMap((partRuns) => toCells(partRuns).map((cell) => ({ part: partRuns.part, cell })))
    .filter(({ cell }) => cell.runs.length > 0)
    .map(({ part, cell }) => {
      const table = part.table ?? '';
      const [row] = layouts[table] ?? [];
      return {
        cell,
        table,
        scale: aggregate(cell.runs, cell.label, directionNorm),
        exact: aggregate(cell.runs, cell.label, exactError),
        measured: row && comparedAggregate(part, row, cell),
        printed: row?.printed == null ? null : printedValue(table, row.printed, cell.settings),
      };
    });
  if (rows.length === 0) return null;
  return {
    name: 'exact-generator',
    title: 'Sigmoid data: the error over pairs of an exact generator',
    caption:
      'Mean ± standard deviation over the seeds of 2 Var sigma(<a*, z>) + eps^2, where eps^2 is the threshold, or 0 without clipping. ' +
      'A generator with exactly the true distribution and this noise has this mean error over all pairs. It is not a strict bound: an inexact ' +
      'generator whose sigmoid coordinate has a smaller variance scores lower. The noise inside of sigma is left out. Var sigma is ' +
      'computed from the a* of each seed.',
    head: [
      'table',
      'cell',
      'threshold',
      'norm of a*',
      'exact generator',
      'measured',
      'printed',
      'printed - exact',
    ],
    body: rows.map(({ cell, table, scale, exact, measured, printed }) => [
      table,
      settingText(cell.settings, 'dimensions'),
      formatThreshold(cell.settings.decoderLogVarianceThreshold),
      formatAggregate(scale),
      formatAggregate(exact),
      formatAggregate(measured),
      formatNumber(printed),
      formatNumber(difference(printed, exact)),
    ]),
    notes: [],
    records: rows.map(({ cell, table, scale, exact, measured, printed }) => ({
      table,
      ...cell.fields,
      directionNorm: scale?.mean ?? null,
      exactGenerator: exact?.mean ?? null,
      measured: measured?.mean ?? null,
      printed,
      printedMinusExact: difference(printed, exact),
    })),
  };
}

function difference(printed: number | null, exact: Aggregate | undefined): number | null {
  return printed === null || exact === undefined ? null : printed - exact.mean;
}

function directionNorm(run: TrainingRun): number | null {
  const parameters = readDataParameters(run);
  return parameters === null ? null : Math.hypot(...parameters.values);
}

function exactError(run: TrainingRun): number | null {
  const scale = directionNorm(run);
  const { decoderLogVarianceThreshold: threshold } = run.task.settings;
  return scale === null ? null : 2 * sigmoidVariance(scale) + (threshold === null ? 0 : Math.exp(threshold));
}
