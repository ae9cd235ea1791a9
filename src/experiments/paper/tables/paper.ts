import paperTables from './paper-tables.json' with { type: 'json' };
import type { TrainingSettings } from '../../vae/settings/task.js';

const { table1, table2, table3, table4, table5 } = paperTables;
/** By the names that a sweep file's `table` may have. */
export const printedTables = { table1, table2, table3, table4, table5 } as const;

/** The mean over three seeds that the paper prints, or null where it has none. `row` is a key of paper-tables.json. */
export function printedValue(table: string, row: string, settings: TrainingSettings): number | null {
  const printed = printedTable(table);
  const column = printed.intrinsic.findIndex(
    (intrinsic, index) =>
      intrinsic === settings.intrinsicDim &&
      printed.ambient[index] === settings.ambientDim &&
      latentOf(printed, index) === settings.latentDim,
  );
  const values = printed[row];
  if (column === -1 || !Array.isArray(values) || !isPrintedThreshold(printed, settings)) return null;
  const value: unknown = values[column];
  return typeof value === 'number' ? value : null;
}

/** Digits after the point that a row of a table is printed with, one at least: counts are means, of which the paper leaves out `.0`. */
export function printedDecimals(table: string, row: string): number {
  const printed = printedTable(table);
  const values = printed[row];
  const digits = Array.isArray(values)
    ? values.map((value) => (String(value).split('.')[1] ?? '').length)
    : [];
  return Math.max(1, ...digits);
}

function printedTable(name: string): PrintedTable {
  if (!Object.hasOwn(printedTables, name)) throw new Error(`The paper prints no ${name}.`);
  return printedTables[name as keyof typeof printedTables];
}

interface PrintedTable {
  readonly intrinsic: readonly number[];
  readonly ambient: readonly number[];
  readonly latent: number | readonly number[];
  readonly [row: string]: unknown;
}

function latentOf({ latent }: PrintedTable, column: number): number | undefined {
  return typeof latent === 'number' ? latent : latent[column];
}

/** Tables 4 and 5 are printed for a threshold of e^-4 only. */
function isPrintedThreshold(
  { clip = null }: PrintedTable,
  { decoderLogVarianceThreshold }: TrainingSettings,
): boolean {
  return (clip === 'e^-4' ? -4 : null) === decoderLogVarianceThreshold;
}
