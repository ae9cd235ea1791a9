import type { LogColumn } from '../../../task/column.js';
import { series } from '../../../report/runs.js';
import type { TrainingRun } from '../../vae/runs.js';
import { curvePanel } from '../../../report/figures/curve-panel.js';
import { meanCurve, type CurveRow } from '../../../report/figures/curve-rows.js';
import type { Drawing } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { panelWidth } from '../../../report/figures/theme.js';
import { evenly } from './evenly.js';

const COLUMNS = 2;
/** Single curves of one colour; their mean is over all runs. */
const MAX_RUNS = 40;
const MAX_CELLS = 14;

export interface MetricOnAxis {
  /** A column of the evaluation log. */
  readonly metric: LogColumn;
  readonly isLog: boolean;
}

/** What runs of one colour have in common. */
interface CurveGroups {
  readonly title: string;
  readonly of: (run: TrainingRun) => string;
}

/** Metrics of the evaluation log against the training step, a colour a group. */
export function trainingPanels(
  runs: readonly TrainingRun[],
  metrics: readonly MetricOnAxis[],
  groups: CurveGroups,
): Drawing {
  const cells = [...groupBy(runs, groups.of)].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }));
  const shown = cells.slice(0, MAX_CELLS);
  const drawn = metrics
    .map(({ metric, isLog }) => {
      const rows = shown.flatMap(([cell, own]) =>
        cellRows(own, runs.length > cells.length, { cell, metric: metric.name }),
      );
      return { panel: '', metric, isLog, rows: isLog ? rows.filter(({ value }) => value > 0) : rows };
    })
    .filter(({ rows }) => rows.length > 0);
  const look = {
    width: panelWidth(COLUMNS),
    xTitle: 'training steps',
    legend: { title: groups.title, cells: shown.map(([cell]) => cell) },
  };
  return {
    rows: drawn.flatMap(({ rows }) => rows),
    panels: splitIntoRows(
      drawn.map((data) => curvePanel(data, look)),
      COLUMNS,
    ),
    notes: cells.length > MAX_CELLS ? [`${cells.length - MAX_CELLS} more colours are not drawn.`] : [],
  };
}

/** Each run's curve, then their mean if any colour has several. */
function cellRows(
  runs: readonly TrainingRun[],
  hasMean: boolean,
  about: Pick<CurveRow, 'cell' | 'metric'>,
): CurveRow[] {
  const curves = runs.map((run) => ({ run: run.task.name, points: series(run, about.metric) }));
  const single = evenly(curves, MAX_RUNS).flatMap(({ run, points }) =>
    points.map((point) => ({ run, ...point })),
  );
  const means = hasMean ? meanCurve(curves.map(({ points }) => points)) : [];
  return [...single, ...means].map((point) => ({ panel: '', ...about, ...point }));
}
