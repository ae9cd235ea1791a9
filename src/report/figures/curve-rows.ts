import { mean } from 'simple-statistics';
import { series, type Run } from '../runs.js';
import type { Cell } from '../cells.js';
import type { FigureRow } from './figure.js';
import { labelOf, type CellNaming } from './naming.js';

/** The run of a row that is a mean over the cell's runs. */
export const MEAN = 'mean';
/** A curve has no room for more. */
const MAX_POINTS = 1_000;

/** A metric of a run, or its mean over the runs of the cell, at an evaluation. Of more than 1,000 evaluations every n-th is taken. */
export interface CurveRow extends FigureRow {
  /** What its panel has in common, beside the metric; empty if there is nothing to tell. */
  readonly panel: string;
  readonly metric: string;
  readonly cell: string;
  /** As `seed 69`, or `mean`. */
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

/** The logged evaluations of a run that are drawn: all, or every n-th of very many. */
function drawnSeries(run: Run, metric: string) {
  const points = series(run, metric);
  const every = Math.ceil(points.length / MAX_POINTS);
  return points.filter((_, index) => index % every === 0 || index === points.length - 1);
}

/** Each run's curve, then their mean if there are several. */
function cellPoints({ runs, label }: Cell, metric: string) {
  const curves = runs.map((run) => ({ run: label(run.task), points: drawnSeries(run, metric) }));
  const single = curves.flatMap(({ run, points }) => points.map((point) => ({ run, ...point })));
  return curves.length > 1 ? [...single, ...meanCurve(curves.map(({ points }) => points))] : single;
}

/** Over all runs, at the steps where each of them has a value. */
export function meanCurve(curves: readonly (readonly { step: number; value: number }[])[]) {
  const atStep = new Map<number, number[]>();
  for (const { step, value } of curves.flat()) atStep.set(step, [...(atStep.get(step) ?? []), value]);
  return [...atStep]
    .filter(([, values]) => values.length === curves.length)
    .map(([step, values]) => ({ run: MEAN, step, value: mean(values) }));
}
