import { max, min } from 'simple-statistics';
import type { LogColumn } from '../../task/column.js';
import { linearTicks, titleOf } from '../column-words.js';
import { MEAN, type CurveRow } from './curve-rows.js';
import type { Panel } from './figure.js';
import { logAxis } from './log-axis.js';
import { colourScale, dashScale } from './theme.js';

const MAX_LEGEND_COLUMNS = 7;
const LEGEND_CHARACTERS = 110;
/** What a symbol takes. */
const SYMBOL_CHARACTERS = 6;

const HEIGHT = 210;
/** As `50k`. */
const STEP_LABEL = "datum.value === 0 ? '0' : format(datum.value, '~s')";
/** Evaluations after the first step that show a course by themselves. */
const MIN_COURSE = 5;

/** What a panel shows. */
export interface PanelData {
  /** What all its rows have in common, beside the metric; empty if there is nothing to tell. */
  readonly panel: string;
  readonly metric: LogColumn;
  readonly isLog: boolean;
  readonly rows: readonly CurveRow[];
}

/** The same for all panels of a figure. */
interface PanelLook {
  readonly width: number;
  /** Title of the axis that curves are drawn over. */
  readonly steps: string;
  readonly legend: { readonly title: string; readonly cells: readonly string[] };
}

/** A metric against the step: a colour and dash a cell, its single runs thin, its mean strong. */
export function curvePanel(
  { panel, metric, isLog, rows }: PanelData,
  { width, steps, legend }: PanelLook,
): Panel {
  const hasMeans = rows.some(({ run }) => run === MEAN);
  const cell = { field: 'cell', type: 'nominal', title: legend.title } as const;
  return {
    ...(panel === '' ? {} : { title: panel }),
    width,
    height: HEIGHT,
    transform: [
      {
        filter: {
          and: [
            { field: 'panel', equal: panel },
            { field: 'metric', equal: metric.name },
          ],
        },
      },
    ],
    encoding: {
      x: {
        field: 'step',
        type: 'quantitative',
        title: steps,
        scale: { nice: false },
        axis: { labelExpr: STEP_LABEL, tickCount: 4, grid: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: titleOf(metric),
        ...(isLog ? logAxis(rows.map(({ value }) => value)) : linearAxis(rows, metric)),
      },
      color: {
        ...cell,
        scale: colourScale(legend.cells),
        legend: {
          orient: 'bottom',
          symbolType: 'stroke',
          symbolSize: 500,
          symbolStrokeWidth: 2,
          columns: legendColumns(legend.cells),
        },
      },
      strokeDash: { ...cell, scale: dashScale(legend.cells) },
    },
    layer: [
      {
        transform: [{ filter: `datum.run !== '${MEAN}'` }],
        mark: {
          type: 'line',
          clip: true,
          ...(hasMeans ? { strokeWidth: 0.8, strokeOpacity: 0.5 } : { strokeWidth: 1.6 }),
        },
        encoding: { detail: { field: 'run', type: 'nominal' } },
      },
      {
        transform: [{ filter: `datum.run === '${MEAN}'` }],
        mark: { type: 'line', clip: true, strokeWidth: 2 },
      },
    ],
  };
}

/** Whether a curve begins beyond its axis. */
export function isCut({ metric, isLog, rows }: PanelData): boolean {
  if (isLog) return false;
  const [low, high] = extentOf(rows, metric);
  return rows.some(({ value }) => value < low || value > high);
}

function linearAxis(rows: readonly CurveRow[], metric: LogColumn) {
  const [domainMin, domainMax] = extentOf(rows, metric);
  return { scale: { domainMin, domainMax, nice: true }, axis: linearTicks(metric) };
}

/** Of the values after step 0, if there are enough of them: one before the first step, such as a large loss, would press all the rest flat. */
function extentOf(rows: readonly CurveRow[], metric: LogColumn): [number, number] {
  const begun = rows.filter(({ step }) => step > 0);
  const hasCourse = new Set(begun.map(({ step }) => step)).size >= MIN_COURSE;
  const values = (hasCourse ? begun : rows).map(({ value }) => value);
  const [low, high] = [min(values), max(values)];
  if (metric.startsAtZero ?? true) return [Math.min(0, low), Math.max(0, high)];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** As many as fit below two panels. */
function legendColumns(cells: readonly string[]): number {
  const longest = Math.max(...cells.map((cell) => cell.length));
  return Math.min(
    MAX_LEGEND_COLUMNS,
    Math.max(1, Math.floor(LEGEND_CHARACTERS / (longest + SYMBOL_CHARACTERS))),
  );
}
