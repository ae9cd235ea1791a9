import { mean } from 'simple-statistics';
import { series, type Run } from '../runs.js';
import type { Cell } from '../cells.js';
import type { FigureRow } from './figure.js';
import { labelOf, type CellNaming } from './naming.js';

/** Value of `run` in rows that hold the mean over the cell's tasks. */
export const MEAN = 'mean';
/** Maximum number of points per curve. */
const MAX_POINTS = 1_000;

/**
 * The value of a metric at one evaluation of a task, or its mean over the cell's tasks. Logs of more than 1,000 evaluations are thinned
 * to every n-th.
 */
export interface CurveRow extends FigureRow {
  /** Title of its panel; empty if there is only one panel per metric. */
  readonly panel: string;
  readonly metric: string;
  readonly cell: string;
  /** The task's label, for example `seed 69`, or `mean`. */
  readonly run: string;
  readonly step: number;
  readonly value: number;
}

export function curveRows(cells: readonly Cell[], metric: string, naming: CellNaming): CurveRow[] {
  return cells.flatMap((cell) => {
    const { settings } = cell;
    const about = { panel: labelOf(naming.panel, settings), metric, cell: labelOf(naming.curve, settings) };
    return cellPoints(cell, metric).map((point) => ({ ...about, ...point }));
  });
}

/** Returns at most about `MAX_POINTS` evenly spaced points of a curve, including the last. */
function drawnSeries(run: Run, metric: string) {
  const points = series(run, metric);
  const every = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

/** Returns the points of each task's curve, followed by their mean if there are several tasks. */
function cellPoints({ runs, label }: Cell, metric: string) {
  const curves = runs.map((run) => ({ run: label(run.task), points: drawnSeries(run, metric) }));
  const single = curves.flatMap(({ run, points }) => points.map((point) => ({ run, ...point })));
  return curves.length > 1 ? [...single, ...meanCurve(curves.map(({ points }) => points))] : single;
}

/** Returns the mean of the curves at the steps where all of them have a value. */
export function meanCurve(curves: readonly (readonly { step: number; value: number }[])[]) {
  const atStep = new Map<number, number[]>();
  for (const { step, value } of curves.flat()) atStep.set(step, [...(atStep.get(step) ?? []), value]);
  return [...atStep]
    .filter(([, values]) => values.length === curves.length)
    .map(([step, values]) => ({ run: MEAN, step, value: mean(values) }));
}
