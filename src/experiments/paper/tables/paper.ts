import paperTables from './paper-tables.json' with { type: 'json' };
import type { TrainingSettings } from '../../vae/settings/task.js';

const { table1, table2, table3, table4, table5 } = paperTables;
/** The printed tables by the values of `table` in a sweep file. */
export const printedTables = { table1, table2, table3, table4, table5 } as const;

/** The rounding error of sums of a few float64 is smaller than this. */
const ROUNDING = 1e-9;

/** Returns the mean over three seeds that the paper prints, or null if it prints none. @param row a key of paper-tables.json */
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

/** Returns the number of printed decimals of a row, at least one: counts are means too, and the paper leaves out their `.0`. */
export function printedDecimals(table: string, row: string): number {
  const printed = printedTable(table);
  const values = printed[row];
  const digits = Array.isArray(values)
    ? values.map((value) => (String(value).split('.')[1] ?? '').length)
    : [];
  return Math.max(1, ...digits);
}

/** Whether a value rounds to a printed number, which has as many significant digits or decimals as it is written with. */
export function roundsTo(value: number, printed: number): boolean {
  const decimals = String(printed).split('.')[1]?.length ?? 0;
  return Math.abs(value - printed) <= 10 ** -decimals / 2 + ROUNDING;
}

function printedTable(name: string): PrintedTable {
  if (!Object.hasOwn(printedTables, name)) throw new Error(`The paper has no printed table ${name}.`);
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

/** Whether the table is printed for the threshold. Tables 4 and 5 are printed only for e^-4. */
function isPrintedThreshold(
  { clip = null }: PrintedTable,
  { decoderLogVarianceThreshold }: TrainingSettings,
): boolean {
  return (clip === 'e^-4' ? -4 : null) === decoderLogVarianceThreshold;
}
