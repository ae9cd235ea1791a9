import type { LogColumn } from '../../../task/column.js';
import { series } from '../../../report/runs.js';
import type { TrainingRun } from '../../vae/runs.js';
import { curvePanel } from '../../../report/figures/curve-panel.js';
import { meanCurve, type CurveRow } from '../../../report/figures/curve-rows.js';
import type { Drawing } from '../../../report/figures/figure.js';
import { groupBy } from '../../../report/group-by.js';
import { splitIntoRows } from '../../../report/figures/layout.js';
import { panelWidth } from '../../../report/figures/theme.js';
import { sampleEvenly } from './sample-evenly.js';

const COLUMNS = 2;
/** Maximum number of individual curves per color. Their mean is over all tasks. */
const MAX_RUNS = 40;
const MAX_CELLS = 14;

export interface MetricOnAxis {
  /** A column of the evaluation log. */
  readonly metric: LogColumn;
  readonly isLog: boolean;
}

/** How tasks are grouped by color. */
interface CurveGroups {
  readonly title: string;
  readonly of: (run: TrainingRun) => string;
}

/** Draws metrics of the evaluation log over the training step, with one color per group. */
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
    notes: cells.length > MAX_CELLS ? [`Not shown: ${cells.length - MAX_CELLS} more groups.`] : [],
  };
}

/** Returns the curve of each task, and their mean if any group has several tasks. */
function cellRows(
  runs: readonly TrainingRun[],
  hasMean: boolean,
  about: Pick<CurveRow, 'cell' | 'metric'>,
): CurveRow[] {
  const curves = runs.map((run) => ({ run: run.task.name, points: series(run, about.metric) }));
  const single = sampleEvenly(curves, MAX_RUNS).flatMap(({ run, points }) =>
    points.map((point) => ({ run, ...point })),
  );
  const means = hasMean ? meanCurve(curves.map(({ points }) => points)) : [];
  return [...single, ...means].map((point) => ({ panel: '', ...about, ...point }));
}
