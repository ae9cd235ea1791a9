import { mean } from 'simple-statistics';
import { finalNumber } from '../../../report/runs.js';
import type { ExperimentName } from '../../vae/settings/training-data.js';
import type { LogColumn } from '../../../task/column.js';
import { isTraining, type TrainingSettings } from '../../vae/settings/task.js';
import { metricColumns } from '../../vae/metrics/columns.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { MEAN } from '../../../report/figures/curve-rows.js';
import type { Cell } from '../../../report/cells.js';
import type { Drawing, FigureDefinition, FigureRow, Panel } from '../../../report/figures/figure.js';
import { linearTicks, titleOf } from '../../../report/column-titles.js';
import { labelOf } from '../../../report/figures/naming.js';
import { colorScale, panelWidth, shapeScale } from '../../../report/figures/theme.js';
import { typeset } from '../../../report/figures/typography.js';

const HEIGHT = 200;
const METRICS = metricColumns(['manifoldError', 'encoderZeros', 'encoderSmall']);
const EXPERIMENTS: readonly ExperimentName[] = ['sigmoid', 'sphere'];
const TABLES: readonly unknown[] = ['table2', 'table3', 'table4', 'table5'];

function isShown(cell: Cell): cell is Cell<TrainingSettings> {
  return TABLES.includes(cell.part.table) && isTraining(cell);
}

/** The effect of a lower bound of the decoder variance on both nonlinear datasets. */
export const thresholdSummary: FigureDefinition<TrainingSettings> = {
  name: 'clipping',
  title: 'Clipping: manifold error and zeros in the encoder variance against the threshold',
  caption:
    'Hollow marks are tasks at their last evaluation; filled marks are means over the seeds. At e⁻² and e⁻³ the latents that carry ' +
    'data have variances near 0.1, so counts below 0.1 mean little there.',
  kind: 'summary',
  select: (cells) => {
    const shown = cells.filter(isShown);
    const thresholds = new Set(shown.map(({ settings }) => settings.decoderLogVarianceThreshold));
    return thresholds.size > 1 ? shown : [];
  },
  draw,
};

function draw(cells: readonly Cell<TrainingSettings>[]): Drawing {
  const thresholds = thresholdNames(cells);
  const experiments = EXPERIMENTS.filter((name) => cells.some(({ part }) => part.experiment === name));
  return {
    rows: METRICS.flatMap((metric) => cells.flatMap((cell) => finalRows(cell, metric.name))),
    panels: experiments.map((experiment) => {
      const shown = cells.filter(({ part }) => part.experiment === experiment);
      const dimensions = [...new Set(shown.map(({ settings }) => labelOf(['dimensions'], settings)))];
      return METRICS.map((metric) => {
        const rows = shown.flatMap((cell) => finalRows(cell, metric.name));
        const isZero = rows.every(({ value }) => value === 0);
        return panel({ experiment, metric, thresholds, dimensions, isZero });
      });
    }),
    legend: 'per row',
    notes: [],
  };
}

/** Returns the names of the thresholds, from the highest bound to none. */
function thresholdNames(cells: readonly Cell<TrainingSettings>[]): string[] {
  const values = cells.map(({ settings }) => settings.decoderLogVarianceThreshold);
  const sorted = [...new Set(values)].sort((a, b) => (b ?? -Infinity) - (a ?? -Infinity));
  return sorted.map((value) => typeset(formatThreshold(value)));
}

function finalRows({ settings, runs, label }: Cell<TrainingSettings>, metric: string): FigureRow[] {
  const about = {
    experiment: settings.experiment,
    metric,
    threshold: typeset(formatThreshold(settings.decoderLogVarianceThreshold)),
    dimensions: labelOf(['dimensions'], settings),
  };
  const values = runs.flatMap((run) => {
    const value = finalNumber(run, metric);
    return value === null ? [] : [{ ...about, run: label(run.task), value }];
  });
  if (values.length === 0) return [];
  return [...values, { ...about, run: MEAN, value: mean(values.map(({ value }) => value)) }];
}

interface PanelOptions {
  readonly experiment: ExperimentName;
  readonly metric: LogColumn;
  readonly thresholds: readonly string[];
  readonly dimensions: readonly string[];
  /** Whether all values are 0. */
  readonly isZero: boolean;
}

function panel({ experiment, metric, thresholds, dimensions, isZero }: PanelOptions): Panel {
  const style = {
    field: 'dimensions',
    type: 'nominal',
    title: 'intrinsic-ambient-latent dimensions',
  } as const;
  const isMean = `datum.run === '${MEAN}'`;
  return {
    title: metric === METRICS[0] ? `${experiment} data` : '',
    width: panelWidth(3),
    height: HEIGHT,
    transform: [
      {
        filter: {
          and: [
            { field: 'experiment', equal: experiment },
            { field: 'metric', equal: metric.name },
          ],
        },
      },
    ],
    encoding: {
      x: {
        field: 'threshold',
        type: 'ordinal',
        title: 'lower bound of the decoder variance',
        scale: { domain: [...thresholds], paddingInner: 0.25 },
        axis: { labelAngle: 0, grid: true, tickBand: 'extent' },
      },
      xOffset: { field: 'dimensions', scale: { domain: [...dimensions] } },
      y: {
        field: 'value',
        type: 'quantitative',
        title: titleOf(metric),
        axis: linearTicks(metric),
        // Without a range, the only label would be 0.000000.
        ...(isZero && { scale: { domain: [0, 1] } }),
      },
      color: { ...style, scale: colorScale(dimensions), legend: { orient: 'bottom' } },
      shape: { ...style, scale: shapeScale(dimensions) },
    },
    layer: [
      { transform: [{ filter: isMean }], mark: { type: 'point', filled: true, size: 40, opacity: 1 } },
      { transform: [{ filter: `!(${isMean})` }], mark: { type: 'point', size: 14, opacity: 0.6 } },
    ],
  };
}
