import type { LogColumn } from '../../task/column.js';
import { experimentOf } from '../../task/registry.js';
import { curvePanel, isCut, type PanelData } from './curve-panel.js';
import { curveRows } from './curve-rows.js';
import type { Cell } from '../cells.js';
import type { Drawing, FigureDefinition } from './figure.js';
import { inGrid } from './layout.js';
import { labelOf, namingOf, legendTitle } from './naming.js';
import { panelWidth } from './theme.js';

/** More curves can't be told apart, more rows of panels do not fit on a page. */
const MAX_CURVES = 14;
const MAX_ROWS = 8;

export interface CurvesOptions extends Pick<FigureDefinition, 'name' | 'title' | 'select'> {
  readonly metrics: readonly LogColumn[];
  /** Draws every metric on a logarithmic axis; else only those that span decades. */
  readonly isLog?: boolean;
}

/** Metrics against the step: a panel a metric, a curve a cell and run, and the mean over a cell's runs. */
export function curves({ metrics, isLog = false, ...about }: CurvesOptions): FigureDefinition {
  const onAxes = metrics.map((metric) => ({ metric, isLog: isLog || (metric.isLog ?? false) }));
  return {
    ...about,
    caption: 'One curve per run; where a cell has several runs, the strong curve is their mean.',
    kind: 'curves',
    draw: (cells) => drawCurves(cells, onAxes),
  };
}

type MetricOnAxis = Pick<PanelData, 'metric' | 'isLog'>;

function drawCurves(cells: readonly Cell[], metrics: readonly MetricOnAxis[]): Drawing {
  const naming = namingOf(cells);
  const panelOf = ({ settings }: Cell) => labelOf(naming.panel, settings);
  const curveOf = ({ settings }: Cell) => labelOf(naming.curve, settings);
  const panels = shorten(cells.map(panelOf), MAX_ROWS, 'rows of panels');
  const curves = shorten(cells.map(curveOf), MAX_CURVES, 'cells in each panel');
  const groups = panels.shown.map((panel) => {
    const shown = cells.filter((cell) => panelOf(cell) === panel && curves.shown.includes(curveOf(cell)));
    return metrics
      .map((axis) => ({ ...axis, panel, rows: curveRows(shown, axis.metric.name, naming) }))
      .map(withoutImpossible)
      .filter(({ rows }) => rows.length > 0);
  });
  const columns = columnsFor(Math.max(...groups.map(({ length }) => length)));
  const look = {
    width: panelWidth(columns),
    steps: stepsTitle(cells),
    legend: { title: legendTitle(cells, naming.curve), cells: curves.shown },
  };
  const all = groups.flat();
  return {
    rows: all.flatMap(({ rows }) => rows),
    panels: groups.flatMap((group) =>
      inGrid(group, columns).map((row) => row.map((data) => curvePanel(data, look))),
    ),
    notes: [
      ...panels.notes,
      ...curves.notes,
      ...(all.some(({ isLossy }) => isLossy)
        ? ['Values of 0 or below have no place on a logarithmic axis.']
        : []),
      ...(all.some(isCut) ? ['Axes span the values after step 0; some curves begin beyond them.'] : []),
    ],
  };
}

/** Without values that a logarithmic axis has no place for; `isLossy` if there are any. */
function withoutImpossible<T extends PanelData>(data: T): T & { readonly isLossy: boolean } {
  const rows = data.isLog ? data.rows.filter(({ value }) => value > 0) : data.rows;
  return { ...data, rows, isLossy: rows.length < data.rows.length };
}

function stepsTitle(cells: readonly Cell[]): string {
  const isTraining = cells.some(({ settings }) => experimentOf(settings).unit === 'step');
  return isTraining ? 'training steps' : 'row';
}

/** Up to three side by side; four as two and two. */
function columnsFor(panels: number): number {
  return panels === 4 ? 2 : Math.min(3, panels);
}

/** The first of the distinct names, and a note on the others. */
function shorten(names: readonly string[], most: number, what: string): { shown: string[]; notes: string[] } {
  const distinct = [...new Set(names)];
  const others = distinct.length - most;
  return {
    shown: distinct.slice(0, most),
    notes: others > 0 ? [`${others} more ${what} are not drawn: choose with --only.`] : [],
  };
}
