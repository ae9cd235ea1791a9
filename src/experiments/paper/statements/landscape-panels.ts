import type { RunOf } from './computed.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { tightLogAxis, logAxis } from '../../../report/figures/log-axis.js';
import { colorScale, panelWidth } from '../../../report/figures/theme.js';
import { tightDomain } from './tight-domain.js';
import { sampleEvenly } from './sample-evenly.js';

/** Maximum number of curves per panel, and of slopes, that remain distinguishable. */
const MAX_CURVES = 7;
const MAX_POINTS = 60;
const COLUMNS = 2;
const HEIGHT = 200;
const MINUS_SIGN = "replace(datum.label, '-', '−')";
const BROKEN = 'A ≠ ÃB̃A: to +∞';

/** The cases of the theorem by the sign of d - r + zero columns. */
const CASES = new Map([
  [1, 'more than r − d zero columns: to −∞'],
  [0, 'exactly r − d zero columns: bounded'],
  [-1, 'fewer than r − d zero columns: to +∞'],
]);

interface LandscapeRow extends FigureRow {
  readonly panel: string;
  /** The predicted slope, d - r + zero columns. */
  readonly slope: string;
  readonly run: string;
  readonly deviation: number;
  readonly loss: number;
  readonly predicted: number | null;
}

/** Draws the loss over eps, with one panel for each case of the theorem. */
export function landscapePanels(runs: readonly RunOf<'landscape'>[]): Drawing {
  const cases = [...CASES.values(), BROKEN];
  const chosen = cases.flatMap((panel) =>
    sampleEvenly(onePerSlope(runs.filter((run) => caseOf(run) === panel)), MAX_CURVES).map((run) => ({
      panel,
      run,
    })),
  );
  const rows = chosen.flatMap(({ panel, run }) => runRows(panel, run));
  return {
    rows,
    panels: splitIntoRows(
      [...groupBy(rows, ({ panel }) => panel)].map(([panel, rows]) => landscapePanel(panel, rows)),
      COLUMNS,
    ),
    legend: 'per panel',
    notes:
      chosen.length < runs.length
        ? [`Shown: ${chosen.length} of ${runs.length} tasks, one for each slope.`]
        : [],
  };
}

function caseOf({ settings, verdict }: RunOf<'landscape'>): string {
  if (settings['reconstruction'] === 'broken') return BROKEN;
  return CASES.get(Math.sign(verdict.measures.predictedSlope ?? NaN)) ?? '';
}

/** Returns the first task for each predicted slope. The curves of the other tasks differ only by a constant. */
function onePerSlope(runs: readonly RunOf<'landscape'>[]): RunOf<'landscape'>[] {
  const first = new Map([...runs].reverse().map((run) => [run.verdict.measures.predictedSlope, run]));
  return [...first.values()].reverse();
}

function runRows(panel: string, run: RunOf<'landscape'>): LandscapeRow[] {
  const rows = run.rows();
  const { predictedSlope, residual } = run.verdict.measures;
  const isBroken = panel === BROKEN;
  const [losses, asymptotes] = [rows.column('loss'), rows.column('asymptote')];
  const points = rows.column('deviation').map((deviation, i) => ({
    panel,
    slope: String(predictedSlope ?? ''),
    run: run.name,
    deviation,
    loss: losses[i] ?? NaN,
    predicted: isBroken ? (residual ?? NaN) ** 2 / (2 * deviation ** 2) : (asymptotes[i] ?? NaN),
  }));
  return sampleEvenly(
    points
      .filter(({ loss }) => Number.isFinite(loss) && (!isBroken || loss > 0))
      .map((point) => ({ ...point, predicted: Number.isFinite(point.predicted) ? point.predicted : null })),
    MAX_POINTS,
  );
}

function landscapePanel(panel: string, rows: readonly LandscapeRow[]): Panel {
  const isBroken = panel === BROKEN;
  const slopes = [...new Set(rows.map(({ slope }) => slope))].sort((a, b) => Number(b) - Number(a));
  return {
    title: panel,
    width: panelWidth(COLUMNS),
    height: HEIGHT,
    transform: [{ filter: { field: 'panel', equal: panel } }],
    encoding: {
      x: {
        field: 'deviation',
        type: 'quantitative',
        title: 'ε, standard deviation of the decoder',
        ...logAxis(rows.map(({ deviation }) => deviation)),
      },
      color: {
        field: 'slope',
        type: 'nominal',
        title: isBroken ? 'd − r + zero columns' : 'predicted slope, d − r + zero columns',
        scale: colorScale(slopes),
        legend: { orient: 'bottom', symbolType: 'circle', columns: MAX_CURVES, labelExpr: MINUS_SIGN },
      },
    },
    layer: [
      {
        mark: { type: 'line', strokeDash: [5, 3], strokeWidth: 1.2, clip: true },
        encoding: { y: { ...lossAxis(rows, isBroken), field: 'predicted' }, detail: { field: 'run' } },
      },
      {
        mark: { type: 'point', filled: true, size: 16, opacity: 1, clip: true },
        encoding: { y: { ...lossAxis(rows, isBroken), field: 'loss' } },
      },
    ],
  };
}

function lossAxis(rows: readonly LandscapeRow[], isLog: boolean) {
  const losses = rows.map(({ loss }) => loss);
  const about = { type: 'quantitative', title: 'loss L (nats)' } as const;
  return isLog
    ? { ...about, ...tightLogAxis(losses, 0) }
    : { ...about, axis: { tickCount: 5 }, scale: tightDomain(losses) };
}
