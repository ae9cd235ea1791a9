import { evaluationColumns } from '../../experiments/vae/metrics/columns.js';
import { isOfThePaper, type ExperimentName } from '../../experiments/vae/settings/training-data.js';
import type { TrainingPart } from '../../sweep/load.js';
import { curves, type CurvesOptions } from './curves.js';
import { figureCells, type FigureCell, type FigureDefinition } from './figure.js';
import { histogram } from '../../experiments/paper/figures/histogram.js';
import { scatter } from '../../experiments/paper/figures/scatter.js';
import { thresholdSummary } from '../../experiments/paper/figures/threshold-summary.js';

type Dimensions = readonly [intrinsic: number, ambient: number, latent: number];

/** Column 2 of Table 3, and column 6 of Table 2. */
const SPHERE: Dimensions = [2, 16, 8];
const SIGMOID: Dimensions = [7, 28, 24];
/** Of Figures 7 and 8. */
const THRESHOLDS = [-4, -5, -6, -8];

/** File names have an end. */
const MOST_IN_NAME = 4;

const METRICS = {
  linear: ['eigenvalueError', 'decoderVariance', 'loss'],
  /** The text's reading of the error, and the one that the printed tables have. */
  sigmoid: ['manifoldError', 'manifoldErrorPairwise', 'decoderVariance', 'loss'],
  sphere: ['manifoldError', 'decoderVariance', 'loss'],
} as const satisfies Readonly<Record<ExperimentName, readonly string[]>>;
const METRICS_OF_OTHERS = ['decoderVariance', 'loss'];

/** The paper's figures, in its order, and what it only mentions. A new figure is an entry here. */
const paperFigures: readonly FigureDefinition[] = [
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
    metrics: METRICS.sigmoid,
    select: (cells) => cells.filter(isOf('table2')),
  }),
  curves({
    name: 'figure-3',
    title: 'Figure 3: training on sphere data',
    metrics: METRICS.sphere,
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
    metrics: METRICS.sigmoid,
    select: (cells) => cells.filter(isOf('table4')).filter(isClippedAt(-4)),
  }),
  curves({
    name: 'figure-6',
    title: 'Figure 6: training on sphere data, clipped at e⁻⁴',
    metrics: METRICS.sphere,
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
];

/** The figures that a sweep has cells of: the paper's, and training curves of each part that has none among them. */
export function figuresOf(parts: readonly TrainingPart[]): FigureDefinition[] {
  const cells = figureCells(parts.map((part) => ({ part, runs: [], missing: [] })));
  const there = paperFigures.filter((figure) => figure.select(cells).length > 0);
  const shown = there.filter(({ kind }) => kind === 'curves').flatMap((figure) => figure.select(cells));
  return [...there, ...parts.filter((part) => shown.every((cell) => cell.part !== part)).map(trainingCurves)];
}

function trainingCurves(part: TrainingPart): FigureDefinition {
  return partCurves(part, {
    name: `${part.name}-training`,
    title: `${part.title ?? part.name}: training`,
    metrics: isOfThePaper(part.experiment) ? METRICS[part.experiment] : METRICS_OF_OTHERS,
  });
}

/** Chosen metrics of a part against the training step. */
export function metricCurves(
  part: TrainingPart,
  metrics: readonly string[],
  isLog: boolean,
): FigureDefinition {
  const others = metrics.length - MOST_IN_NAME;
  const named = [...metrics.slice(0, MOST_IN_NAME), ...(others > 0 ? [`and-${others}-more`] : [])];
  return partCurves(part, {
    name: [part.name, ...named, ...(isLog ? ['log'] : [])].join('-'),
    title: `${part.title ?? part.name}: ${metrics.join(', ')}`,
    metrics,
    isLog,
  });
}

function partCurves(part: TrainingPart, options: Omit<CurvesOptions, 'select'>): FigureDefinition {
  return curves({ ...options, select: (cells) => cells.filter((cell) => cell.part.name === part.name) });
}

/** The numbers that an evaluation logs of a sweep's runs. */
export function knownMetrics(parts: readonly TrainingPart[]): string[] {
  const [task] = parts.flatMap(({ tasks }) => tasks);
  if (task === undefined) return [];
  return evaluationColumns(task.settings)
    .filter(({ name, type }) => name !== 'step' && !type.startsWith('list'))
    .map(({ name }) => name);
}

function isOf(table: string, dimensions?: Dimensions) {
  return ({ part, cell: { settings } }: FigureCell): boolean =>
    part.table === table &&
    (dimensions === undefined ||
      (settings.intrinsicDim === dimensions[0] &&
        settings.ambientDim === dimensions[1] &&
        settings.latentDim === dimensions[2]));
}

function isClippedAt(...thresholds: readonly number[]) {
  return ({ cell: { settings } }: FigureCell): boolean =>
    settings.decoderLogVarianceThreshold !== null &&
    thresholds.includes(settings.decoderLogVarianceThreshold);
}
