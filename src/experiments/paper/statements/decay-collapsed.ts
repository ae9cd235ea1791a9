import { max } from 'simple-statistics';
import type { RunOf } from './computed.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { tightLogAxis } from '../../../report/figures/log-axis.js';
import { colorScale, panelWidth } from '../../../report/figures/theme.js';
import { sampleEvenly } from './sample-evenly.js';
import { dimensionsOf, type RunNames } from './run-names.js';

const MAX_RUNS = 200;
/** Number of colors in the palette. */
const MAX_DIMENSIONS = 14;
const MAX_POINTS = 100;
const HEIGHT = 260;
/** Fraction of the start below which only the solver's errors and rounding are left. */
const ROUNDING = 1e-16;
/** Lower limit of the detail panel, which shows how close the paths come to the bound. */
const NEAR_BOUND = 1e-2;
const RUN = 'run';

/** The decay rates of Lemma 6 and of its proof. */
const RATES = [
  { quantity: 'exp(−t/K), the bound', rate: 1 },
  { quantity: 'exp(−2t/K)', rate: 2 },
] as const;

interface CollapsedRow extends FigureRow {
  readonly quantity: string;
  readonly dimensions: string;
  readonly run: string;
  readonly time: number;
  /** t / K of the path so far. */
  readonly scaledTime: number;
  readonly value: number;
}

/** Draws all tasks over t / K, where they share one bound. */
export function decayCollapsed(runs: readonly RunOf<'gradient-flow'>[], names: RunNames): Drawing {
  const dimensions = [...new Set(runs.map(({ settings }) => dimensionsOf(settings)))].slice(
    0,
    MAX_DIMENSIONS,
  );
  const candidates = runs.filter(({ settings }) => dimensions.includes(dimensionsOf(settings)));
  const shown = sampleEvenly(candidates, MAX_RUNS);
  const paths = shown.flatMap((run) => pathRows(run, names));
  if (paths.length === 0) return { rows: [], panels: [], notes: [] };
  const hasNear = paths.some(({ value }) => value < NEAR_BOUND);
  const ends = [...(hasNear ? [endOf(paths.filter(({ value }) => value >= NEAR_BOUND))] : []), endOf(paths)];
  const rows = [...paths, ...RATES.flatMap((reference) => referenceRows(reference, ends))];
  const floors = hasNear ? [NEAR_BOUND, ROUNDING] : [ROUNDING];
  return {
    rows,
    panels: [floors.map((floor, i) => panel(rows, { floor, end: ends[i] ?? NaN, dimensions }))],
    notes: [
      ...(hasNear ? ['Left: upper part of the same figure.'] : []),
      ...(shown.length < runs.length ? [`Shown: ${shown.length} of ${runs.length} tasks.`] : []),
    ],
  };
}

function endOf(rows: readonly CollapsedRow[]): number {
  return max(rows.map(({ scaledTime }) => scaledTime));
}

function pathRows(run: RunOf<'gradient-flow'>, names: RunNames): CollapsedRow[] {
  const rows = run.rows();
  const [times, ks, outside] = [rows.column('time'), rows.column('k'), rows.column('logOutside')];
  const about = { quantity: RUN, dimensions: dimensionsOf(run.settings), run: names.run(run.settings) };
  const points = times.map((time, i) => ({
    ...about,
    time,
    scaledTime: time / (ks[i] ?? NaN),
    value: Math.exp((outside[i] ?? NaN) - (outside[0] ?? NaN)),
  }));
  return sampleEvenly(
    points.filter(({ scaledTime, value }) => Number.isFinite(scaledTime) && value >= ROUNDING),
    MAX_POINTS,
  );
}

/** Returns the points of a reference line at the ends of the panels. It is straight on a logarithmic axis. */
function referenceRows({ quantity, rate }: (typeof RATES)[number], ends: readonly number[]): CollapsedRow[] {
  return [0, ...ends].map((scaledTime) => ({
    quantity,
    dimensions: '',
    run: quantity,
    time: scaledTime,
    scaledTime,
    value: Math.exp(-rate * scaledTime),
  }));
}

interface PanelAxes {
  /** Lower end of the value axis. */
  readonly floor: number;
  /** Upper end of the t / K axis. */
  readonly end: number;
  readonly dimensions: readonly string[];
}

function panel(rows: readonly CollapsedRow[], { floor, end, dimensions }: PanelAxes): Panel {
  return {
    width: panelWidth(2),
    height: HEIGHT,
    encoding: {
      x: {
        field: 'scaledTime',
        type: 'quantitative',
        title: 't / K, with K the largest |Ãⱼ|² + ε² so far',
        axis: { grid: false, tickCount: 6 },
        scale: { nice: false, domain: [0, end] },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: '|Ã outside W|² relative to its start',
        ...tightLogAxis(
          rows.map(({ value }) => value),
          floor,
        ),
      },
      detail: { field: 'run', type: 'nominal' },
      order: { field: 'time', type: 'quantitative' },
    },
    layer: [
      {
        transform: [{ filter: `datum.quantity === '${RUN}'` }],
        mark: { type: 'line', clip: true, strokeWidth: 0.9, strokeOpacity: 0.6 },
        encoding: {
          color: {
            field: 'dimensions',
            type: 'nominal',
            title: 'r*-d-r',
            scale: colorScale(dimensions),
            legend: { orient: 'bottom', symbolType: 'stroke', symbolOpacity: 1, symbolStrokeWidth: 2 },
          },
        },
      },
      {
        transform: [{ filter: `datum.quantity !== '${RUN}'` }],
        mark: { type: 'line', clip: true, strokeWidth: 1.8, color: 'black' },
        encoding: {
          strokeDash: {
            field: 'quantity',
            type: 'nominal',
            title: null,
            scale: {
              domain: RATES.map(({ quantity }) => quantity),
              range: [
                [6, 3],
                [1, 2],
              ],
            },
            legend: { orient: 'bottom', symbolType: 'stroke', symbolSize: 700 },
          },
        },
      },
    ],
  };
}
