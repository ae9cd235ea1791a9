import type { LogColumn } from '../../task/column.js';
import { experimentOf } from '../../task/registry.js';
import { curvePanel, isClipped, type PanelData } from './curve-panel.js';
import { curveRows } from './curve-rows.js';
import type { Cell } from '../cells.js';
import type { Drawing, FigureDefinition } from './figure.js';
import { splitIntoRows } from './layout.js';
import { labelOf, namingOf, legendTitle } from './naming.js';
import { panelWidth } from './theme.js';

/** More curves are hard to distinguish, and more rows of panels do not fit on a page. */
const MAX_CURVES = 14;
const MAX_ROWS = 8;

export interface CurvesOptions extends Pick<FigureDefinition, 'name' | 'title' | 'select'> {
  readonly metrics: readonly LogColumn[];
  /** Whether to draw every metric on a logarithmic axis. Default: only those that declare `isLog`. */
  readonly isLog?: boolean;
}

/** Returns a figure of metrics against the step: one panel per metric, one curve per task, and the mean of each cell. */
export function curves({ metrics, isLog = false, ...about }: CurvesOptions): FigureDefinition {
  const onAxes = metrics.map((metric) => ({ metric, isLog: isLog || (metric.isLog ?? false) }));
  return {
    ...about,
    caption: 'One curve per task; in cells with several tasks, the thick curve is their mean.',
    kind: 'curves',
    draw: (cells) => drawCurves(cells, onAxes),
  };
}

type MetricOnAxis = Pick<PanelData, 'metric' | 'isLog'>;

function drawCurves(cells: readonly Cell[], metrics: readonly MetricOnAxis[]): Drawing {
  const naming = namingOf(cells);
  const panelOf = ({ settings }: Cell) => labelOf(naming.panel, settings);
  const curveOf = ({ settings }: Cell) => labelOf(naming.curve, settings);
  const panels = shorten(cells.map(panelOf), MAX_ROWS, ['row of panels', 'rows of panels']);
  const curves = shorten(cells.map(curveOf), MAX_CURVES, ['cell in each panel', 'cells in each panel']);
  const groups = panels.shown.map((panel) => {
    const shown = cells.filter((cell) => panelOf(cell) === panel && curves.shown.includes(curveOf(cell)));
    return metrics
      .map((axis) => ({ ...axis, panel, rows: curveRows(shown, axis.metric.name, naming) }))
      .map(dropNonPositive)
      .filter(({ rows }) => rows.length > 0);
  });
  const columns = columnsFor(Math.max(...groups.map(({ length }) => length)));
  const layout = {
    width: panelWidth(columns),
    xTitle: xTitle(cells),
    legend: { title: legendTitle(cells, naming.curve), cells: curves.shown },
  };
  const all = groups.flat();
  return {
    rows: all.flatMap(({ rows }) => rows),
    panels: groups.flatMap((group) =>
      splitIntoRows(group, columns).map((row) => row.map((data) => curvePanel(data, layout))),
    ),
    notes: [
      ...panels.notes,
      ...curves.notes,
      ...(all.some(({ isLossy }) => isLossy) ? ['Logarithmic axes leave out values of 0 or below.'] : []),
      ...(all.some(isClipped) ? ['Axes span the values after step 0; some curves begin outside them.'] : []),
    ],
  };
}

/** Drops values that a logarithmic axis can't show; `isLossy` says whether there were any. */
function dropNonPositive<T extends PanelData>(data: T): T & { readonly isLossy: boolean } {
  const rows = data.isLog ? data.rows.filter(({ value }) => value > 0) : data.rows;
  return { ...data, rows, isLossy: rows.length < data.rows.length };
}

function xTitle(cells: readonly Cell[]): string {
  const isTraining = cells.some(({ settings }) => experimentOf(settings).unit === 'step');
  return isTraining ? 'training steps' : 'row';
}

/** Returns up to three columns; four panels become two rows of two. */
function columnsFor(panels: number): number {
  return panels === 4 ? 2 : Math.min(3, panels);
}

/** Returns the first `limit` distinct names, and a note that counts the rest. */
function shorten(names: readonly string[], limit: number, [singular, plural]: readonly [string, string]) {
  const distinct = [...new Set(names)];
  const others = distinct.length - limit;
  return {
    shown: distinct.slice(0, limit),
    notes:
      others > 0
        ? [`${others} more ${others === 1 ? singular : plural} not drawn: select some with --only.`]
        : [],
  };
}
