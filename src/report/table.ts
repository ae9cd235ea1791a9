import type { Aggregate, Cell, PartSummary } from '../aggregate/aggregate.js';
import { settingOf, formatSetting } from '../sweep/settings.js';
import { generalRows, layouts, type LayoutRow } from './layouts.js';
import { printedValue } from './paper.js';

/** A measured mean beside the printed one. */
export interface TableValue {
  readonly measured: Aggregate | null;
  readonly printed: number | null;
}

/** The content of a report's table, before anything is rounded or drawn. */
export interface Table {
  readonly name: string;
  readonly title: string;
  readonly columns: readonly { readonly header: string; readonly cell: Cell }[];
  readonly rows: readonly {
    readonly label: string;
    readonly metric: string;
    readonly values: readonly TableValue[];
  }[];
  /** Cells that rest on fewer seeds than were asked for. */
  readonly notes: readonly string[];
}

/** The paper's layout if the part reproduces a table, else the general one: a column a cell, a row a metric. */
export function makeTable({ part, cells }: PartSummary): Table {
  const { table } = part;
  const columns = cells.map((cell) => ({ header: columnHeader(part.varying, cell), cell }));
  const rows = (table === null ? generalRows : layouts[table]).map((row) => ({
    label: row.label,
    metric: row.metric,
    values: cells.map((cell) => ({
      measured: cell.metrics.get(row.metric) ?? null,
      printed: table === null ? null : printedFor(table, row, cell),
    })),
  }));
  return {
    name: part.name,
    title: part.title ?? part.name,
    columns,
    rows: rows.filter(({ values }) =>
      values.some(({ measured, printed }) => measured !== null || printed !== null),
    ),
    notes: columns.flatMap(({ header, cell }) => missingSeeds(header, cell)),
  };
}

function printedFor(table: keyof typeof layouts, row: LayoutRow, cell: Cell): number | null {
  return row.printed === null ? null : printedValue(table, row.printed, cell.settings);
}

/** The settings that tell the cells apart, `3-12-20`. */
function columnHeader(varying: PartSummary['part']['varying'], { settings }: Cell): string {
  const names = varying.filter((name) => name !== 'seed' && name !== 'dimensions');
  const others = names.map((name) => `${name} ${formatSetting(name, settingOf(settings, name))}`);
  return [formatSetting('dimensions', settingOf(settings, 'dimensions')), ...others].join(', ');
}

function missingSeeds(header: string, { seedsAsked, seedsFinished }: Cell): string[] {
  if (seedsFinished.length === seedsAsked.length) return [];
  const missing = seedsAsked.filter((seed) => !seedsFinished.includes(seed));
  const { length } = seedsFinished;
  return [
    `${header}: ${String(length)} of ${String(seedsAsked.length)} seeds finished, without ${missing.join(', ')}`,
  ];
}
