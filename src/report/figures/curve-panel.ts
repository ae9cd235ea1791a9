import { max, min } from 'simple-statistics';
import type { LogColumn } from '../../task/column.js';
import { linearTicks, titleOf } from '../column-titles.js';
import { MEAN, type CurveRow } from './curve-rows.js';
import type { Panel } from './figure.js';
import { logAxis } from './log-axis.js';
import { colorScale, dashScale } from './theme.js';

const MAX_LEGEND_COLUMNS = 7;
const LEGEND_CHARACTERS = 110;
/** Width of a legend symbol, in characters. */
const SYMBOL_CHARACTERS = 6;

const HEIGHT = 210;
/** Formats steps, for example as `50k`. */
const STEP_LABEL = "datum.value === 0 ? '0' : format(datum.value, '~s')";
/** With this many evaluations after step 0, the axis ignores step 0. */
const MIN_EVALUATIONS = 5;

/** The data of one panel. */
export interface PanelData {
  /** Settings that all its rows share, as the panel's title; empty if there is only one panel per metric. */
  readonly panel: string;
  readonly metric: LogColumn;
  readonly isLog: boolean;
  readonly rows: readonly CurveRow[];
}

/** Layout that all panels of a figure share. */
interface PanelLayout {
  readonly width: number;
  /** Title of the x axis. */
  readonly xTitle: string;
  readonly legend: { readonly title: string; readonly cells: readonly string[] };
}

/** Draws a metric against the step. Each cell has a color and a dash; single tasks are thin lines, their mean is a thick one. */
export function curvePanel(
  { panel, metric, isLog, rows }: PanelData,
  { width, xTitle, legend }: PanelLayout,
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
        title: xTitle,
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
        scale: colorScale(legend.cells),
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

/** Returns whether a curve begins outside its axis. */
export function isClipped({ metric, isLog, rows }: PanelData): boolean {
  if (isLog) return false;
  const [low, high] = extentOf(rows, metric);
  return rows.some(({ value }) => value < low || value > high);
}

function linearAxis(rows: readonly CurveRow[], metric: LogColumn) {
  const [domainMin, domainMax] = extentOf(rows, metric);
  return { scale: { domainMin, domainMax, nice: true }, axis: linearTicks(metric) };
}

/** Returns the range of the values. Ignores step 0 if enough evaluations follow: a large initial loss would flatten the rest. */
function extentOf(rows: readonly CurveRow[], metric: LogColumn): [number, number] {
  const later = rows.filter(({ step }) => step > 0);
  const isEnough = new Set(later.map(({ step }) => step)).size >= MIN_EVALUATIONS;
  const values = (isEnough ? later : rows).map(({ value }) => value);
  const [low, high] = [min(values), max(values)];
  if (metric.startsAtZero ?? true) return [Math.min(0, low), Math.max(0, high)];
  return low === high ? [low - 1, high + 1] : [low, high];
}

/** Returns how many legend columns fit below two panels. */
function legendColumns(cells: readonly string[]): number {
  const longest = Math.max(...cells.map((cell) => cell.length));
  return Math.min(
    MAX_LEGEND_COLUMNS,
    Math.max(1, Math.floor(LEGEND_CHARACTERS / (longest + SYMBOL_CHARACTERS))),
  );
}
