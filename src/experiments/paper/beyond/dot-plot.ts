import { mean } from 'simple-statistics';
import type { LogColumn } from '../../../task/column.js';
import { finalNumber } from '../../../report/runs.js';
import { linearTicks, titleOf } from '../../../report/column-titles.js';
import { MEAN } from '../../../report/figures/curve-rows.js';
import type { Drawing, FigureRow, Panel } from '../../../report/figures/figure.js';
import { logAxis } from '../../../report/figures/log-axis.js';
import { colorScale, panelWidth, shapeScale } from '../../../report/figures/theme.js';
import { metricColumns } from '../../vae/metrics/columns.js';
import type { TrainingCell } from './hypothesis.js';
import { levelsOf, type Factor } from './levels.js';

const HEIGHT = 200;

/** Says what the marks of a dot plot are. */
export const DOT_CAPTION =
  'Hollow marks are tasks at their last evaluation; filled marks are means over the seeds.';

interface Groups {
  /** The factor on the x axis. */
  readonly x: Factor<string>;
  /** The factor that is compared, by color and shape. */
  readonly compared: Factor<string>;
  readonly metrics: readonly string[];
}

/** Draws the last value of each metric, one panel per metric: hollow marks for tasks, filled ones for means over seeds. */
export function dotPlot(cells: readonly TrainingCell[], { x, compared, metrics }: Groups): Drawing {
  const columns = metricColumns(metrics);
  const rows = columns.flatMap(({ name }) =>
    cells.flatMap((cell) => rowsOf(cell, name, x.levelOf(cell.settings), compared.levelOf(cell.settings))),
  );
  const style = { title: compared.title, domain: levelsOf(cells, compared) };
  return {
    rows,
    panels: [
      columns.map((column) => {
        const values = rows.flatMap(({ metric, value }) => (metric === column.name ? Number(value) : []));
        return dotPanel({ column, values, x: { title: x.title, domain: levelsOf(cells, x) }, style });
      }),
    ],
    notes: [],
  };
}

function rowsOf({ runs, label }: TrainingCell, metric: string, x: string, compared: string): FigureRow[] {
  const values = runs.flatMap((run) => {
    const value = finalNumber(run, metric);
    return value === null ? [] : [{ metric, x, compared, run: label(run.task), value }];
  });
  if (values.length === 0) return [];
  return [...values, { metric, x, compared, run: MEAN, value: mean(values.map(({ value }) => value)) }];
}

interface DotPanel {
  readonly column: LogColumn;
  readonly values: readonly number[];
  readonly x: { readonly title: string; readonly domain: readonly string[] };
  readonly style: { readonly title: string; readonly domain: readonly string[] };
}

function dotPanel({ column, values, x, style }: DotPanel): Panel {
  const isMean = `datum.run === '${MEAN}'`;
  const isLog = column.isLog === true && values.every((value) => value > 0) && values.length > 0;
  const compared = { field: 'compared', type: 'nominal', title: style.title } as const;
  return {
    width: panelWidth(3),
    height: HEIGHT,
    transform: [{ filter: { field: 'metric', equal: column.name } }],
    encoding: {
      x: {
        field: 'x',
        type: 'ordinal',
        title: x.title,
        scale: { domain: [...x.domain], paddingInner: 0.25 },
        axis: { labelAngle: 0, grid: true, tickBand: 'extent' },
      },
      xOffset: { field: 'compared', scale: { domain: [...style.domain] } },
      y: {
        field: 'value',
        type: 'quantitative',
        title: titleOf(column),
        ...(isLog
          ? logAxis(values)
          : { scale: { zero: column.startsAtZero ?? true }, axis: linearTicks(column) }),
      },
      color: { ...compared, scale: colorScale(style.domain), legend: { orient: 'bottom' } },
      shape: { ...compared, scale: shapeScale(style.domain) },
    },
    layer: [
      { transform: [{ filter: isMean }], mark: { type: 'point', filled: true, size: 40, opacity: 1 } },
      { transform: [{ filter: `!(${isMean})` }], mark: { type: 'point', size: 14, opacity: 0.6 } },
    ],
  };
}
