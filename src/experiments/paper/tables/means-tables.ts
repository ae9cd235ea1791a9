import { cellName, toCells, type Cell } from '../../../report/cells.js';
import { shortTitleOf } from '../../../report/column-titles.js';
import { groupBy } from '../../../report/group-by.js';
import { formatAggregate, formatNumber } from '../../../report/tables/format.js';
import {
  aggregateFields,
  generalTable,
  MEANS_CAPTION,
  finishedCount,
  valuesText,
} from '../../../report/tables/means-tables.js';
import type { Table, TableRecord } from '../../../report/tables/table.js';
import type { SweepPart } from '../../../sweep/load.js';
import { settingText } from '../../../task/settings.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import type { TrainingRuns } from '../../vae/runs.js';
import { pluginMetrics } from '../../vae/plugins/installed.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { comparedAggregate, comparedMetric, comparesBeforeEnd } from './compared.js';
import { layouts, type LayoutRow } from './layouts.js';
import { cellNotes, evaluationBeforeEnd, stepNotes } from './printed-runs.js';
import { printedValue } from './paper.js';

type TrainingCell = Cell<TrainingSettings>;

/**
 * Returns a part's means. A part that reproduces a table of the paper has a table in its layout for each threshold (and each kind of
 * random streams) with a finished task for which the paper prints numbers, and for the first. Several others share one table. Any other
 * part has one table with one row per cell.
 */
export function trainingMeans(partRuns: TrainingRuns): Table[] {
  const { part } = partRuns;
  const cells = toCells(partRuns);
  if (part.table === null)
    return [
      { ...generalTable(partRuns, cells), notes: notesOf(part, cells), records: recordsOf(part, cells) },
    ];
  const hasBothStreams = new Set(cells.map(({ settings }) => settings.randomStreams)).size > 1;
  const variants = byVariant(cells)
    .map((cells, index) => ({
      cells,
      variant: variantOf(cells[0].settings, index === 0, hasBothStreams),
    }))
    .filter(({ cells }) => cells.some(({ runs }) => runs.length > 0));
  const others = variants.filter(({ cells }, index) => index > 0 && !hasPrinted(part, cells));
  const own = others.length > 1 ? variants.filter((each) => !others.includes(each)) : variants;
  return [
    ...own.map(({ cells, variant }) => paperTable(part, cells, variant)),
    ...(others.length > 1 ? [sharedTable(part, others, hasBothStreams)] : []),
  ];
}

/**
 * Returns the rows in which the means and the individual tasks of a part are shown: the layout of its table and the metrics of plugins, or
 * all columns if the part reproduces no table.
 */
export function rowsOf({ table }: Pick<SweepPart, 'table'>, columns: Cell['columns']): readonly LayoutRow[] {
  const layout = table === null ? undefined : layouts[table];
  const added = new Set(pluginMetrics().map(({ name }) => name));
  const others = layout === undefined ? columns : columns.filter(({ name }) => added.has(name));
  return [
    ...(layout ?? []),
    ...others.map((column) => ({ label: shortTitleOf(column), metric: column.name, printed: null })),
  ];
}

/** Returns a table in the paper's layout: one column per cell with its dimensions on top, and the printed numbers below each row. */
function paperTable(part: SweepPart, cells: readonly TrainingCell[], variant: Variant): Table {
  const { head, body } = dimensionRows(cells);
  return {
    name: `${part.name}${variant.suffix}`,
    title: [part.title ?? part.name, variant.name].filter((text) => text !== '').join(', '),
    caption: captionOf(part, cells),
    head,
    body: [
      ...body,
      ...rowsOf(part, cells[0]?.columns ?? []).flatMap((row) => paperRows(part, row, cells)),
      ['Tasks', ...cells.map(finishedCount)],
    ],
    notes: [...stepNotes(cells), ...notesOf({ varying: [] }, cells)],
    records: recordsOf(part, cells),
  };
}

/** Returns a table in the paper's layout with a row per metric and variant, for variants of which the paper prints no numbers. */
function sharedTable(part: SweepPart, variants: readonly VariantCells[], hasBothStreams: boolean): Table {
  const cells = variants.flatMap((variant) => variant.cells);
  const rows = rowsOf(part, cells[0]?.columns ?? []).map(({ label, ...row }) => ({
    label,
    rowOf: (own: readonly TrainingCell[]) =>
      own.map((cell) => formatAggregate(comparedAggregate(part, { label, ...row }, cell))),
  }));
  const shown = [
    ...rows,
    { label: 'Tasks', rowOf: (own: readonly TrainingCell[]) => own.map(finishedCount) },
  ];
  const { head, body } = dimensionRows(variants[0]?.cells ?? []);
  return {
    name: `${part.name}-others`,
    title: `${part.title ?? part.name}, other thresholds${hasBothStreams ? ' and random streams' : ''}`,
    caption: `${MEANS_CAPTION}, at ${evaluationBeforeEnd(
      cells.flatMap((cell) => cell.runs),
      false,
    )}.`,
    head,
    body: [
      ...body,
      ...shown.flatMap(({ label, rowOf }) => [
        [label, ...head.slice(1).map(() => '')],
        ...variants.map(({ cells, variant }) => [`  ${variant.name}`, ...rowOf(cells)]),
      ]),
    ],
    notes: [...stepNotes(cells), ...notesOf(part, cells)],
    records: recordsOf(part, cells),
  };
}

/** Returns the dimensions of the cells, one column each. */
function dimensionRows(cells: readonly TrainingCell[]): Pick<Table, 'head' | 'body'> {
  const dimensions = cells.map(({ settings }) => settings);
  return {
    head: ['Intrinsic Dimensions', ...dimensions.map(({ intrinsicDim }) => String(intrinsicDim))],
    body: [
      ['Ambient Dimensions', ...dimensions.map(({ ambientDim }) => String(ambientDim))],
      ['VAE Latent Dimensions', ...dimensions.map(({ latentDim }) => String(latentDim))],
    ],
  };
}

/** Distinguishes a table from the other tables of its part. */
interface Variant {
  /** Of the table's name. */
  readonly suffix: string;
  /** For example `threshold e^-2`; empty for cells without threshold. */
  readonly name: string;
}

/** Cells that differ in nothing but their dimensions. */
interface VariantCells {
  readonly variant: Variant;
  readonly cells: readonly TrainingCell[];
}

/** The first table of a part has the part's own name. */
function variantOf(settings: TrainingSettings, isFirst: boolean, hasBothStreams: boolean): Variant {
  const { decoderLogVarianceThreshold: bound } = settings;
  const threshold = bound === null ? 'none' : formatThreshold(bound);
  const streams = hasBothStreams ? settingText(settings, 'randomStreams') : null;
  const suffix = isFirst ? [] : [threshold.replace('^', ''), streams];
  return {
    suffix: suffix.map((text) => (text === null ? '' : `-${text}`)).join(''),
    name: [bound === null ? [] : `threshold ${threshold}`, streams ?? []].flat().join(', '),
  };
}

/** @param cells all with the same random streams */
function captionOf(part: SweepPart, cells: readonly TrainingCell[]): string {
  const first = cells[0];
  if (first === undefined || !comparesBeforeEnd(part, first.settings))
    return `${MEANS_CAPTION}, above the number that the paper prints.`;
  const isPrinted = hasPrinted(part, cells);
  const runs = cells.flatMap((cell) => cell.runs);
  return (
    `${MEANS_CAPTION}, at ${evaluationBeforeEnd(runs, isPrinted)}. ` +
    `Below it: ${isPrinted ? 'the printed number and ' : ''}the mean at the end of training. ` +
    "If this project's own metric differs, its mean at the end follows."
  );
}

/** Whether the paper prints a number for any of the cells. */
export function hasPrinted(part: SweepPart, cells: readonly Pick<TrainingCell, 'settings'>[]): boolean {
  return rowsOf(part, []).some((row) => cells.some((cell) => printedFor(part, row, cell) !== null));
}

function paperRows(part: SweepPart, row: LayoutRow, cells: readonly TrainingCell[]): string[][] {
  const isBeforeEnd = cells.some(({ settings }) => comparesBeforeEnd(part, settings));
  const printed = cells.map((cell) => printedFor(part, row, cell));
  const atEnd = (metricOf: (cell: TrainingCell) => string) =>
    cells.map((cell) => formatAggregate(cell.metrics.get(metricOf(cell))));
  const comparedAtEnd = atEnd(({ settings }) => comparedMetric(part, row, settings));
  const ownAtEnd = atEnd(() => row.metric);
  return [
    [row.label, ...cells.map((cell) => formatAggregate(comparedAggregate(part, row, cell)))],
    ...(printed.every((value) => value === null) ? [] : [['  printed', ...printed.map(formatNumber)]]),
    ...(isBeforeEnd ? [['  at the end', ...comparedAtEnd]] : []),
    ...(isBeforeEnd && ownAtEnd.join() !== comparedAtEnd.join()
      ? [[`  ${row.metric} at the end`, ...ownAtEnd]]
      : []),
  ];
}

/** Groups cells by threshold and random streams, in their order. */
function byVariant(cells: readonly TrainingCell[]) {
  const keyOf = ({ settings }: TrainingCell): string =>
    `${String(settings.decoderLogVarianceThreshold)} ${String(settings.randomStreams)}`;
  return [...groupBy(cells, keyOf).values()];
}

function notesOf(part: Pick<SweepPart, 'varying'>, cells: readonly TrainingCell[]): string[] {
  return cells.flatMap((cell) => cellNotes(cellName(part, cell), cell));
}

function printedFor(
  { table }: SweepPart,
  { printed }: LayoutRow,
  { settings }: Pick<TrainingCell, 'settings'>,
): number | null {
  return table === null || printed === null ? null : printedValue(table, printed, settings);
}

function recordsOf(part: SweepPart, cells: readonly TrainingCell[]): TableRecord[] {
  return rowsOf(part, cells[0]?.columns ?? []).flatMap((row) =>
    cells.map((cell) => {
      const measured = comparedAggregate(part, row, cell);
      return {
        ...cell.fields,
        cell: cell.name,
        metric: comparedMetric(part, row, cell.settings),
        ...aggregateFields(measured),
        meanAtEnd: cell.metrics.get(comparedMetric(part, row, cell.settings))?.mean ?? null,
        runsFinished: cell.runs.length,
        runsAsked: cell.tasks.length,
        printed: printedFor(part, row, cell),
        runs: valuesText(measured),
      };
    }),
  );
}
