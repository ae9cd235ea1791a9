import type { RunOf } from './computed.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { tightLogAxis } from '../../../report/figures/log-axis.js';
import { COLORS, panelWidth } from '../../../report/figures/theme.js';
import { evenly } from './evenly.js';
import { dimensionsOf, type RunNames } from './run-names.js';

const MAX_PANELS = 12;
const COLUMNS = 3;
/** More runs and their bounds can't be told apart in a panel. */
const MAX_RUNS = 4;
const MAX_POINTS = 150;
const HEIGHT = 190;
/** Of the start: what lies lower is the solver's errors and rounding. */
const ROUNDING = 1e-16;
const DASHES = [
  [1, 0],
  [6, 3],
  [1, 2],
];

/** A quantity against time; its name is what the legend says. */
interface DecayRow extends FigureRow {
  readonly panel: string;
  /** Which of the panel's runs, from 1: its colour. */
  readonly place: number;
  readonly run: string;
  readonly quantity: string;
  readonly time: number;
  readonly value: number;
}

const OUTSIDE = '|Ã outside W|²';
const BOUND = 'bound, exp(−t/K) times the start';

/** Of the gradient flow the bound that its proof gives in truth; of descent on L the one that Lemma 5 gives. */
export const SECOND_BOUNDS = { l1: 'exp(−2t/K) times the start', l: 'max ε²/D for K' } as const;

/** The squared norm outside W and its bounds over time: a panel a dimension setting, a colour a run. */
export function decayPanels(
  runs: readonly RunOf<'gradient-flow'>[],
  objective: keyof typeof SECOND_BOUNDS,
  names: RunNames,
): Drawing {
  const groups = [...groupBy(runs, ({ settings }) => dimensionsOf(settings))];
  const chosen = groups.slice(0, MAX_PANELS).map(([panel, all]) => ({ panel, runs: evenly(all, MAX_RUNS) }));
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
      ...(count < runs.length ? [`Shown: ${count} of ${runs.length} runs, up to ${MAX_RUNS} a panel.`] : []),
      ...(groups.length > MAX_PANELS
        ? [`${groups.length - MAX_PANELS} more dimension settings are not drawn.`]
        : []),
    ],
  };
}

function at(column: readonly number[] | undefined, i: number): number {
  return column?.[i] ?? NaN;
}

/** Until nothing but rounding is outside W. */
function runRows(run: RunOf<'gradient-flow'>, objective: keyof typeof SECOND_BOUNDS) {
  const rows = run.rows();
  const [time, outside, bound, margin, k] = (
    ['time', 'logOutside', 'logBound', 'encoderMargin', 'k'] as const
  ).map((name) => rows.column(name));
  const decayed = (outside ?? []).findIndex((value) => value - at(outside, 0) < Math.log(ROUNDING));
  const indices = evenly(
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
