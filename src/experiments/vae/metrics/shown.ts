import type { ShownColumns } from '../../../task/experiment.js';
import { isOfThePaper, type ExperimentName } from '../settings/training-data.js';

/** What each experiment's curves show. */
export const CURVES = {
  linear: ['eigenvalueError', 'decoderVariance', 'loss'],
  /** The text's reading of the error, and the one that the printed tables have. */
  sigmoid: ['manifoldError', 'manifoldErrorPairwise', 'decoderVariance', 'loss'],
  sphere: ['manifoldError', 'decoderVariance', 'loss'],
} as const satisfies Readonly<Record<ExperimentName, readonly string[]>>;
const CURVES_OF_OTHERS = ['decoderVariance', 'loss'];

const MEANS = [
  'loss',
  'decoderVariance',
  'encoderZeros',
  'encoderSmall',
  'nonzeroDecoderRows',
  'eigenvalueError',
  'manifoldError',
  'manifoldErrorPairwise',
  'paddingError',
];

const CHARTS = [
  'loss',
  'reconstruction',
  'kl',
  'decoderVariance',
  'manifoldError',
  'eigenvalueError',
  'encoderVariance',
];

/** The metrics that reports and the dashboard show of training on some data. */
export function shownMetrics(experiment: string): ShownColumns {
  return {
    means: MEANS,
    charts: CHARTS,
    curves: isOfThePaper(experiment) ? CURVES[experiment] : CURVES_OF_OTHERS,
  };
}
