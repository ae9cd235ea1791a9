import type { RunOf } from './computed.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { tightLogAxis } from '../../../report/figures/log-axis.js';
import { COLORS, panelWidth } from '../../../report/figures/theme.js';
import { sampleEvenly } from './sample-evenly.js';
import { dimensionsOf, type RunNames } from './run-names.js';

const MAX_PANELS = 12;
const COLUMNS = 3;
/** Maximum number of tasks per panel that remain distinguishable. */
const MAX_RUNS = 4;
const MAX_POINTS = 150;
const HEIGHT = 190;
/** Fraction of the start below which only the solver's errors and rounding are left. */
const ROUNDING = 1e-16;
const DASHES = [
  [1, 0],
  [6, 3],
  [1, 2],
];

/** A point of a curve over time. `quantity` is its label in the legend. */
interface DecayRow extends FigureRow {
  readonly panel: string;
  /** Number of the task within the panel, from 1, which selects its color. */
  readonly place: number;
  readonly run: string;
  readonly quantity: string;
  readonly time: number;
  readonly value: number;
}

const OUTSIDE = '|Ã outside W|²';
const BOUND = 'bound, exp(−t/K) times the start';

/** The second bound: for the gradient flow the one that the proof actually gives, for descent on L that of Lemma 5. */
export const SECOND_BOUNDS = { l1: 'exp(−2t/K) times the start', l: 'max ε²/D for K' } as const;

/** Draws the squared norm outside of W and its bounds over time, with one panel per choice of dimensions and one color per task. */
export function decayPanels(
  runs: readonly RunOf<'gradient-flow'>[],
  objective: keyof typeof SECOND_BOUNDS,
  names: RunNames,
): Drawing {
  const groups = [...groupBy(runs, ({ settings }) => dimensionsOf(settings))];
  const chosen = groups
    .slice(0, MAX_PANELS)
    .map(([panel, all]) => ({ panel, runs: sampleEvenly(all, MAX_RUNS) }));
  const rows = chosen.flatMap(({ panel, runs }) =>
    runs.flatMap((run, i) =>
      runRows(run, objective).map((row) => ({ panel, place: i + 1, run: names.run(run.settings), ...row })),
    ),
  );
  const quantities = [OUTSIDE, BOUND, SECOND_BOUNDS[objective]];
  const count = chosen.reduce((sum, { runs }) => sum + runs.length, 0);
  return {
    rows,
    panels: splitIntoRows(
      [...groupBy(rows, ({ panel }) => panel)].map(([panel, rows]) => decayPanel(panel, rows, quantities)),
      COLUMNS,
    ),
    notes: [
      ...(count < runs.length
        ? [`Shown: ${count} of ${runs.length} tasks, up to ${MAX_RUNS} per panel.`]
        : []),
      ...(groups.length > MAX_PANELS
        ? [`Not shown: ${groups.length - MAX_PANELS} more choices of dimensions.`]
        : []),
    ],
  };
}

function at(column: readonly number[] | undefined, i: number): number {
  return column?.[i] ?? NaN;
}

/** Returns the rows until only rounding is left outside of W. */
function runRows(run: RunOf<'gradient-flow'>, objective: keyof typeof SECOND_BOUNDS) {
  const rows = run.rows();
  const [time, outside, bound, margin, k] = (
    ['time', 'logOutside', 'logBound', 'encoderMargin', 'k'] as const
  ).map((name) => rows.column(name));
  const decayed = (outside ?? []).findIndex((value) => value - at(outside, 0) < Math.log(ROUNDING));
  const indices = sampleEvenly(
    Array.from({ length: decayed < 0 ? rows.length : decayed + 1 }, (_, i) => i),
    MAX_POINTS,
  );
  return indices
    .flatMap((i) => {
      const t = at(time, i);
      const second = objective === 'l1' ? at(bound, i) - t / at(k, i) : at(outside, i) + at(margin, i);
      return [
        { quantity: OUTSIDE, time: t, value: Math.exp(at(outside, i)) },
        { quantity: BOUND, time: t, value: Math.exp(at(bound, i)) },
        { quantity: SECOND_BOUNDS[objective], time: t, value: Math.exp(second) },
      ];
    })
    .filter(({ value }) => Number.isFinite(value) && value > 0);
}

function decayPanel(panel: string, rows: readonly DecayRow[], quantities: readonly string[]): Panel {
  return {
    title: `r*-d-r = ${panel}`,
    width: panelWidth(COLUMNS),
    height: HEIGHT,
    transform: [{ filter: { field: 'panel', equal: panel } }],
    mark: { type: 'line', strokeWidth: 1.2, clip: true },
    encoding: {
      x: {
        field: 'time',
        type: 'quantitative',
        title: 'time t',
        axis: { grid: false, tickCount: 4 },
        scale: { nice: false },
      },
      y: {
        field: 'value',
        type: 'quantitative',
        title: '|Ã outside W|²',
        ...tightLogAxis(
          rows.map(({ value }) => value),
          ROUNDING,
        ),
      },
      color: {
        field: 'place',
        type: 'nominal',
        legend: null,
        scale: {
          domain: COLORS.slice(0, MAX_RUNS).map((_, i) => i + 1),
          range: COLORS.slice(0, MAX_RUNS),
        },
      },
      detail: { field: 'run', type: 'nominal' },
      strokeDash: {
        field: 'quantity',
        type: 'nominal',
        title: null,
        scale: { domain: [...quantities], range: DASHES },
        legend: {
          orient: 'bottom',
          symbolType: 'stroke',
          symbolSize: 700,
          symbolStrokeWidth: 1.4,
          columns: 3,
        },
      },
      order: { field: 'time', type: 'quantitative' },
    },
  };
}
