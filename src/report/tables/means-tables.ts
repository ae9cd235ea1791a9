import { toCells, type Cell } from '../../aggregate/cells.js';
import { printedStep, type PartRuns } from '../../aggregate/runs.js';
import type { SweepPart } from '../../sweep/load.js';
import { formatSetting, settingOf } from '../../sweep/settings.js';
import { formatThreshold } from '../../sweep/threshold.js';
import { formatCount } from '../../units.js';
import { cellFields, cellName, cellNotes, cellSettings, stepNotes } from './describe-cell.js';
import { comparedAggregate, comparedMetric, isReleased } from './compared.js';
import { formatAggregate, formatNumber } from './format.js';
import { generalRows, layouts, type LayoutRow } from './layouts.js';
import { printedValue } from './paper.js';
import type { Table, TableRecord } from './table.js';

const CAPTION = 'Mean ± standard deviation over the finished runs';

/** A part's means: in the paper's layout, one table a threshold with a finished run, if it reproduces a table; else a row a cell. */
export function meansTables(partRuns: PartRuns): Table[] {
  const { part } = partRuns;
  const cells = toCells(partRuns);
  if (part.table === null) return [generalTable(part, cells)];
  return byThreshold(cells)
    .map((group, index) => ({ group, isFirst: index === 0 }))
    .filter(({ group }) => group.some(({ runs }) => runs.length > 0))
    .map(({ group, isFirst }) => paperTable(part, group, isFirst));
}

/** The rows that a part's means, and its single runs, are shown in. */
export function rowsOf({ table }: Pick<SweepPart, 'table'>): readonly LayoutRow[] {
  return table === null ? generalRows : layouts[table];
}

/** As the paper prints it: a column a cell, the dimensions on top; its own numbers under each measured row. */
function paperTable(part: SweepPart, cells: readonly Cell[], isFirst: boolean): Table {
  const threshold = cells[0]?.settings.decoderLogVarianceThreshold ?? null;
  const clipped = threshold === null ? '' : `, threshold ${formatThreshold(threshold)}`;
  const suffix = isFirst || threshold === null ? '' : `-${formatThreshold(threshold).replace('^', '')}`;
  const dimensions = cells.map(({ settings }) => settings);
  return {
    name: `${part.name}${suffix}`,
    title: `${part.title ?? part.name}${clipped}`,
    caption: captionOf(cells),
    head: ['Intrinsic Dimensions', ...dimensions.map(({ intrinsicDim }) => String(intrinsicDim))],
    body: [
      ['Ambient Dimensions', ...dimensions.map(({ ambientDim }) => String(ambientDim))],
      ['VAE Latent Dimensions', ...dimensions.map(({ latentDim }) => String(latentDim))],
      ...rowsOf(part).flatMap((row) => paperRows(part, row, cells)),
      ['Runs', ...cells.map(runCount)],
    ],
    notes: [...stepNotes(cells), ...notesOf({ varying: ['dimensions'] }, cells)],
    records: recordsOf(part, cells),
  };
}

function captionOf(cells: readonly Cell[]): string {
  const [released] = cells.filter(({ settings }) => isReleased(settings)).flatMap(({ runs }) => runs);
  if (released === undefined) return `${CAPTION}; beneath it what the paper prints.`;
  return (
    `${CAPTION}, at step ${formatCount(printedStep(released))}: the evaluation that the paper prints. ` +
    'Beneath it the printed number, and the mean at the end of training.'
  );
}

function paperRows(part: SweepPart, row: LayoutRow, cells: readonly Cell[]): string[][] {
  const printed = cells.map((cell) => printedFor(part, row, cell));
  const compared = [row.label, ...cells.map((cell) => formatAggregate(comparedAggregate(row, cell)))];
  const atEnd = ['  at the end', ...cells.map(({ metrics }) => formatAggregate(metrics.get(row.metric)))];
  return [
    compared,
    ...(printed.every((value) => value === null) ? [] : [['  printed', ...printed.map(formatNumber)]]),
    ...(cells.some(({ settings }) => isReleased(settings)) ? [atEnd] : []),
  ];
}

/** A row a cell: the settings that vary, then the metrics that are defined. */
function generalTable(part: SweepPart, cells: readonly Cell[]): Table {
  const settings = cellSettings(part);
  const rows = generalRows.filter(({ metric }) => cells.some(({ metrics }) => metrics.has(metric)));
  return {
    name: part.name,
    title: part.title ?? part.name,
    caption: `${CAPTION}.`,
    head: [...settings, 'runs', ...rows.map(({ label }) => label)],
    body: cells.map((cell) => [
      ...settings.map((name) => formatSetting(name, settingOf(cell.settings, name))),
      runCount(cell),
      ...rows.map(({ metric }) => formatAggregate(cell.metrics.get(metric))),
    ]),
    notes: notesOf(part, cells),
    records: recordsOf(part, cells),
  };
}

/** Cells of one threshold each, in the order in which they come. */
function byThreshold(cells: readonly Cell[]): Cell[][] {
  const groups = new Map<number | null, Cell[]>();
  for (const cell of cells) {
    const threshold = cell.settings.decoderLogVarianceThreshold;
    groups.set(threshold, [...(groups.get(threshold) ?? []), cell]);
  }
  return [...groups.values()];
}

function runCount({ runs, asked }: Cell): string {
  return runs.length === asked.length ? String(runs.length) : `${runs.length} of ${asked.length}`;
}

function notesOf(part: Pick<SweepPart, 'varying'>, cells: readonly Cell[]): string[] {
  return cells.flatMap((cell) => cellNotes(cellName(part, cell), cell));
}

function printedFor({ table }: SweepPart, { printed }: LayoutRow, { settings }: Cell): number | null {
  return table === null || printed === null ? null : printedValue(table, printed, settings);
}

function recordsOf(part: SweepPart, cells: readonly Cell[]): TableRecord[] {
  return rowsOf(part).flatMap((row) =>
    cells.map((cell) => {
      const measured = comparedAggregate(row, cell);
      return {
        ...cellFields(cell),
        cell: cellName(part, cell),
        metric: comparedMetric(row, cell.settings),
        mean: measured?.mean ?? null,
        standardDeviation: measured?.standardDeviation ?? null,
        min: measured?.min ?? null,
        max: measured?.max ?? null,
        meanAtEnd: cell.metrics.get(row.metric)?.mean ?? null,
        runsFinished: cell.runs.length,
        runsAsked: cell.asked.length,
        printed: printedFor(part, row, cell),
        runs: (measured?.values ?? []).map(({ run, value }) => `${run}: ${value}`).join('; '),
      };
    }),
  );
}
