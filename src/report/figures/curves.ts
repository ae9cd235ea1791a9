import { MEAN, curveRows, type CurveRow } from './curve-rows.js';
import type { Drawing, FigureCell, FigureDefinition, Panel } from './figure.js';
import { inGrid } from './layout.js';
import { metricAxis } from './metric-axes.js';
import { labelOf, namingOf, type CellNaming } from './naming.js';
import { colourScale, dashScale, panelWidth } from './theme.js';
import { superscript } from './typography.js';

/** More curves can't be told apart, more rows of panels do not fit on a page. */
const MOST_CURVES = 14;
const MOST_ROWS = 8;
const HEIGHT = 210;
/** As `50k`. */
const STEP_LABEL = "datum.value === 0 ? '0' : format(datum.value, '~s')";

export interface CurvesOptions extends Pick<FigureDefinition, 'name' | 'title' | 'select'> {
  readonly metrics: readonly string[];
  /** Draws every metric on a logarithmic axis; else only those that span decades. */
  readonly isLog?: boolean;
}

/** Metrics against the training step: a panel a metric, a curve a cell and run, and the mean over a cell's runs drawn stronger. */
export function curves({ metrics, isLog = false, ...about }: CurvesOptions): FigureDefinition {
  const logMetrics = new Set(metrics.filter((metric) => isLog || metricAxis(metric).isLog));
  return {
    ...about,
    caption: 'One thin curve a run, at its evaluations; the strong curves are means over the seeds.',
    kind: 'curves',
    draw: (cells) => drawCurves(cells, metrics, logMetrics),
  };
}

function drawCurves(
  cells: readonly FigureCell[],
  metrics: readonly string[],
  logMetrics: ReadonlySet<string>,
): Drawing {
  const naming = namingOf(cells);
  const rowNames = distinct(cells.map(({ cell }) => labelOf(naming.panel, cell.settings)));
  const curveNames = distinct(cells.map(({ cell }) => labelOf(naming.curve, cell.settings)));
  const shownRows = rowNames.slice(0, MOST_ROWS);
  const shownCurves = curveNames.slice(0, MOST_CURVES);
  const all = curveRows(cells, metrics, naming);
  const rows = all.filter(
    ({ panel, cell, metric, value }) =>
      shownRows.includes(panel) && shownCurves.includes(cell) && (value > 0 || !logMetrics.has(metric)),
  );
  const shownMetrics = metrics.filter((metric) => rows.some((row) => row.metric === metric));
  const columns = shownMetrics.length === 4 ? 2 : Math.min(3, shownMetrics.length);
  const legend = { title: legendTitle(naming), domain: shownCurves };
  const panelOf = (panel: string, metric: string) =>
    curvePanel(
      rows.filter((row) => row.panel === panel && row.metric === metric),
      { panel, metric, legend, isLog: logMetrics.has(metric), width: panelWidth(columns) },
    );
  return {
    rows,
    panels: shownRows.flatMap((panel) =>
      inGrid(shownMetrics, columns).map((inRow) => inRow.map((metric) => panelOf(panel, metric))),
    ),
    notes: [
      ...leftOut(rowNames.length - shownRows.length, 'rows of panels'),
      ...leftOut(curveNames.length - shownCurves.length, 'cells in each panel'),
      ...(all.some(({ metric, value }) => logMetrics.has(metric) && value <= 0)
        ? ['Values of 0 or below have no place on a logarithmic axis.']
        : []),
    ],
  };
}

interface PanelOptions {
  readonly panel: string;
  readonly metric: string;
  readonly legend: { readonly title: string; readonly domain: readonly string[] };
  readonly isLog: boolean;
  readonly width: number;
}

function curvePanel(rows: readonly CurveRow[], { panel, metric, legend, isLog, width }: PanelOptions): Panel {
  const { title, startsAtZero } = metricAxis(metric);
  const hasMeans = rows.some(({ run }) => run === MEAN);
  return {
    ...(panel === '' ? {} : { title: panel }),
    width,
    height: HEIGHT,
    transform: [
      {
        filter: {
          and: [
            { field: 'panel', equal: panel },
            { field: 'metric', equal: metric },
          ],
        },
      },
    ],
    encoding: {
      x: {
        field: 'step',
        type: 'quantitative',
        title: 'training steps',
        axis: { labelExpr: STEP_LABEL, tickCount: 4, grid: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title,
        ...(isLog
          ? { scale: { type: 'log' as const }, axis: decadeAxis(rows) }
          : { scale: { zero: startsAtZero }, axis: { tickCount: 5 } }),
      },
      color: {
        field: 'cell',
        type: 'nominal',
        title: legend.title,
        scale: colourScale(legend.domain),
        legend: { orient: 'bottom', symbolType: 'stroke', symbolSize: 500, symbolStrokeWidth: 2, columns: 7 },
      },
      strokeDash: {
        field: 'cell',
        type: 'nominal',
        title: legend.title,
        scale: dashScale(legend.domain),
      },
    },
    layer: [
      {
        transform: [{ filter: `datum.run !== '${MEAN}'` }],
        mark: hasMeans
          ? { type: 'line', strokeWidth: 0.8, strokeOpacity: 0.5 }
          : { type: 'line', strokeWidth: 1.6 },
        encoding: { detail: { field: 'run', type: 'nominal' } },
      },
      {
        transform: [{ filter: `datum.run === '${MEAN}'` }],
        mark: { type: 'line', strokeWidth: 2 },
      },
    ],
  };
}

/** Ticks at powers of ten, every second or so where there are many. */
function decadeAxis(rows: readonly CurveRow[]) {
  const exponents = rows.map(({ value }) => Math.log10(value));
  const low = Math.floor(Math.min(...exponents));
  const high = Math.ceil(Math.max(...exponents));
  const every = Math.max(1, Math.round((high - low) / 6));
  const ticks = Array.from(
    { length: Math.floor((high - low) / every) + 1 },
    (_, index) => low + index * every,
  );
  const labels = Object.fromEntries(ticks.map((exponent) => [exponent, `10${superscript(exponent)}`]));
  return {
    values: ticks.map((exponent) => Number(`1e${exponent}`)),
    labelExpr: `(${JSON.stringify(labels)})[round(log(datum.value) / LN10)]`,
  };
}

function legendTitle({ curve }: CellNaming): string {
  return curve.includes('dimensions') ? 'intrinsic-ambient-latent dimensions' : curve.join(', ');
}

function leftOut(count: number, what: string): string[] {
  return count <= 0 ? [] : [`${count} more ${what} are not drawn: choose with --only.`];
}

function distinct(names: readonly string[]): string[] {
  return [...new Set(names)];
}
