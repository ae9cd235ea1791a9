import { max, min } from 'simple-statistics';
import type { RunOf } from './computed.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { logAxis } from '../../../report/figures/log-axis.js';
import { colorScale, panelWidth } from '../../../report/figures/theme.js';
import { tightDomain } from './tight-domain.js';
import { sampleEvenly } from './sample-evenly.js';
import { dimensionsOf, numberOf } from './run-names.js';

const MAX_PANELS = 6;
const MAX_CURVES = 7;
const MAX_POINTS = 60;
const COLUMNS = 3;
const HEIGHT = 190;
const ERROR_HEIGHT = 90;

interface BadOptimumRow extends FigureRow {
  readonly panel: string;
  readonly s: string;
  readonly deviation: number;
  readonly loss: number;
  readonly predicted: number | null;
  readonly monteCarlo: number;
  /** The estimate minus and plus two standard errors. */
  readonly low: number;
  readonly high: number;
  readonly error: number | null;
}

/** Draws the loss over eps by s, and the errors of its estimates below, with one panel per choice of dimensions. */
export function badOptimumPanels(runs: readonly RunOf<'bad-optimum'>[]): Drawing {
  const groups = [...groupBy(runs, ({ settings }) => dimensionsOf(settings)).values()];
  const chosen = sampleEvenly(groups, MAX_PANELS).flatMap((group) =>
    sampleEvenly(firstOfEachS(group), MAX_CURVES),
  );
  const rows = chosen.flatMap(runRows);
  const extras = [...new Set(rows.map(({ s }) => s))].sort((a, b) => Number(a) - Number(b));
  const panels = [...groupBy(rows, ({ panel }) => panel)];
  const columns = Math.min(COLUMNS, panels.length);
  const largestError = rows.reduce((largest, { error }) => Math.max(largest, Math.abs(error ?? 0)), 1);
  const look = { extras, width: panelWidth(columns), largestError };
  return {
    rows,
    panels: splitIntoRows(panels, columns).flatMap((group) => [
      group.map(([name, rows]) => lossPanel(name, rows, look)),
      group.map(([name, rows]) => errorPanel(name, rows, look)),
    ]),
    notes:
      chosen.length < runs.length ? [`Shown: ${chosen.length} of ${runs.length} tasks, one for each s.`] : [],
  };
}

/** The properties that all panels share. */
interface PanelLook {
  readonly extras: readonly string[];
  readonly width: number;
  readonly largestError: number;
}

function firstOfEachS(runs: readonly RunOf<'bad-optimum'>[]): RunOf<'bad-optimum'>[] {
  const first = new Map([...runs].reverse().map((run) => [numberOf(run.settings, 'extraDims'), run]));
  return [...first].sort(([a], [b]) => a - b).map(([, run]) => run);
}

function runRows(run: RunOf<'bad-optimum'>): BadOptimumRow[] {
  const rows = run.rows();
  const { predictedSlope } = run.verdict.measures;
  const [deviations, losses] = [rows.column('deviation'), rows.column('loss')];
  const [means, standardErrors] = [rows.column('monteCarloLoss'), rows.column('standardError')];
  const errors = rows.column('error');
  const end = { deviation: deviations.at(-1) ?? NaN, loss: losses.at(-1) ?? NaN };
  const points = deviations.map((deviation, i) => {
    const monteCarlo = means[i] ?? NaN;
    const spread = 2 * (standardErrors[i] ?? NaN);
    return {
      panel: dimensionsOf(run.settings),
      s: String(numberOf(run.settings, 'extraDims')),
      deviation,
      loss: losses[i] ?? NaN,
      predicted: finite(end.loss + (predictedSlope ?? NaN) * Math.log(deviation / end.deviation)),
      monteCarlo,
      low: monteCarlo - spread,
      high: monteCarlo + spread,
      error: finite(errors[i] ?? NaN),
    };
  });
  return sampleEvenly(
    points.filter(({ loss, low, high }) => [loss, low, high].every(Number.isFinite)),
    MAX_POINTS,
  );
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}

function sharedEncoding(rows: readonly BadOptimumRow[], extras: readonly string[], title: string | null) {
  const deviations = rows.map(({ deviation }) => deviation);
  const { axis } = logAxis(deviations, 4);
  return {
    x: {
      field: 'deviation',
      type: 'quantitative',
      title,
      axis,
      scale: { type: 'log', nice: false, domain: [min(deviations), max(deviations)] as number[] },
    },
    color: {
      field: 's',
      type: 'nominal',
      title: 's, number of excess dimensions',
      scale: colorScale(extras),
      legend: { orient: 'bottom', symbolType: 'circle', columns: 14 },
    },
  } as const;
}

function lossPanel(name: string, rows: readonly BadOptimumRow[], { extras, width }: PanelLook): Panel {
  const y = {
    type: 'quantitative',
    title: 'loss L (nats)',
    axis: { tickCount: 5 },
    scale: tightDomain(rows.flatMap(({ low, high, loss }) => [low, high, loss])),
  } as const;
  return {
    title: `r*-d-r = ${name}`,
    width,
    height: HEIGHT,
    transform: [{ filter: { field: 'panel', equal: name } }],
    encoding: sharedEncoding(rows, extras, null),
    layer: [
      {
        mark: { type: 'line', strokeDash: [2, 3], strokeWidth: 2.4, clip: true },
        encoding: { y: { ...y, field: 'predicted' } },
      },
      { mark: { type: 'line', strokeWidth: 0.9 }, encoding: { y: { ...y, field: 'loss' } } },
      {
        mark: { type: 'rule', strokeWidth: 1.4 },
        encoding: { y: { ...y, field: 'low' }, y2: { field: 'high' } },
      },
      {
        mark: { type: 'point', filled: true, size: 16, opacity: 1 },
        encoding: { y: { ...y, field: 'monteCarlo' } },
      },
    ],
  };
}

function errorPanel(
  name: string,
  rows: readonly BadOptimumRow[],
  { extras, width, largestError }: PanelLook,
): Panel {
  return {
    width,
    height: ERROR_HEIGHT,
    transform: [{ filter: { field: 'panel', equal: name } }],
    layer: [
      {
        mark: { type: 'rule', color: '#444', strokeWidth: 0.8 },
        encoding: { y: { datum: 0, type: 'quantitative' } },
      },
      {
        mark: { type: 'point', filled: true, size: 16, opacity: 0.8 },
        encoding: {
          ...sharedEncoding(rows, extras, 'ε, standard deviation of the decoder'),
          y: {
            field: 'error',
            type: 'quantitative',
            title: 'error / std. error',
            axis: { tickCount: 4 },
            scale: { domain: [-largestError, largestError], nice: true },
          },
        },
      },
    ],
  };
}
