import { curves } from '../../../report/figures/curves.js';
import type { Cell } from '../../../report/cells.js';
import type { FigureDefinition } from '../../../report/figures/figure.js';
import { metricColumns } from '../../vae/metrics/columns.js';
import { curvesOf } from '../../vae/metrics/shown.js';
import { isTraining, type TrainingSettings } from '../../vae/settings/task.js';
import { collapseShares } from './collapse-shares.js';
import { histogram } from './histogram.js';
import { scatter } from './scatter.js';
import { thresholdSummary } from './threshold-summary.js';

type Dimensions = readonly [intrinsic: number, ambient: number, latent: number];

/** Column 2 of Table 3, and column 6 of Table 2. */
const SPHERE: Dimensions = [2, 16, 8];
const SIGMOID: Dimensions = [7, 28, 24];
/** The thresholds of Figures 7 and 8. */
const THRESHOLDS = [-4, -5, -6, -8];

/** The figures of the paper in its order, and a figure of a result that it only mentions. To add a figure, add an entry here. */
export const paperFigures: readonly FigureDefinition[] = [
  histogram({
    name: 'figure-1a',
    title: 'Figure 1a: sphere data, distance of generated points from the origin',
    select: (cells) => cells.filter(isOf('table3', SPHERE)),
  }),
  scatter({
    name: 'figure-1b',
    title: 'Figure 1b: sigmoid data, generated points',
    select: (cells) => cells.filter(isOf('table2', SIGMOID)),
  }),
  curves({
    name: 'figure-2',
    title: 'Figure 2: training on sigmoid data',
    metrics: metricColumns(curvesOf('sigmoid')),
    select: (cells) => cells.filter(isOf('table2')),
  }),
  curves({
    name: 'figure-3',
    title: 'Figure 3: training on sphere data',
    metrics: metricColumns(curvesOf('sphere')),
    select: (cells) => cells.filter(isOf('table3')),
  }),
  histogram({
    name: 'figure-4a',
    title: 'Figure 4a: sphere data clipped at e⁻⁴, distance of generated points from the origin',
    select: (cells) => cells.filter(isOf('table5', SPHERE)).filter(isClippedAt(-4)),
  }),
  scatter({
    name: 'figure-4b',
    title: 'Figure 4b: sigmoid data clipped at e⁻⁴, generated points',
    select: (cells) => cells.filter(isOf('table4', SIGMOID)).filter(isClippedAt(-4)),
  }),
  curves({
    name: 'figure-5',
    title: 'Figure 5: training on sigmoid data, clipped at e⁻⁴',
    metrics: metricColumns(curvesOf('sigmoid')),
    select: (cells) => cells.filter(isOf('table4')).filter(isClippedAt(-4)),
  }),
  curves({
    name: 'figure-6',
    title: 'Figure 6: training on sphere data, clipped at e⁻⁴',
    metrics: metricColumns(curvesOf('sphere')),
    select: (cells) => cells.filter(isOf('table5')).filter(isClippedAt(-4)),
  }),
  scatter({
    name: 'figure-7',
    title: 'Figure 7: sigmoid data, generated points by threshold',
    select: (cells) => cells.filter(isOf('table4', SIGMOID)).filter(isClippedAt(...THRESHOLDS)),
  }),
  histogram({
    name: 'figure-8',
    title: 'Figure 8: sphere data, distance of generated points from the origin by threshold',
    select: (cells) => cells.filter(isOf('table5', SPHERE)).filter(isClippedAt(...THRESHOLDS)),
  }),
  thresholdSummary,
  collapseShares,
];

type TrainingCell = Cell<TrainingSettings>;

function isOf(table: string, dimensions?: Dimensions) {
  return (cell: Cell): cell is TrainingCell => {
    if (cell.part.table !== table || !isTraining(cell)) return false;
    const { intrinsicDim, ambientDim, latentDim } = cell.settings;
    return dimensions === undefined || dimensions.join() === [intrinsicDim, ambientDim, latentDim].join();
  };
}

function isClippedAt(...thresholds: readonly number[]) {
  return ({ settings }: TrainingCell): boolean =>
    settings.decoderLogVarianceThreshold !== null &&
    thresholds.includes(settings.decoderLogVarianceThreshold);
}
