import { DISTANCE_TO_ZEROS } from '../../vae/collapse.js';
import { typeset } from '../../../report/figures/typography.js';
import { settingText } from '../../../task/settings.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { DOT_CAPTION, dotPlot } from './dot-plot.js';
import type { Hypothesis, TrainingCell } from './hypothesis.js';
import { byLevel, dimensions, type Factor } from './levels.js';
import { comparePairs, PAIRS_ASSUMED } from './pairs.js';
import { countText, shareOfCells } from '../tables/collapse-share.js';
import { decide, DECISION } from './sign-test.js';

const method: Factor<string> = {
  title: 'decoder variance',
  levelOf: (settings) => settingText(settings, 'decoderVarianceMethod'),
};

/** The decoder variance of sigma-VAE. */
export const optimalVariance: Hypothesis = {
  name: 'optimal-variance',
  statement: 'A sphere task ends with a lower loss with the optimal decoder variance than with a trained one',
  short: 'Optimal variance',
  background:
    'The optimal decoder variance of a batch is its mean squared error over d (Lemma 2; sigma-VAE of Rybkin, Daniilidis and Levine 2021). ' +
    'A trained variance moves at the pace of Adam and can lag behind the error. Two tasks that differ only in the method have the same ' +
    'data, initial weights and noise. With clipping, both variances usually end at the threshold, so that clipped pairs are shown but not ' +
    'judged.',
  test: `in most pairs without clipping, the loss at the end is lower with the optimal variance. ${PAIRS_ASSUMED}. ${DECISION}`,
  examines: ({ varying, experiment }) => experiment === 'sphere' && varying.includes('decoderVarianceMethod'),
  minDistance: DISTANCE_TO_ZEROS,
  metrics: ['loss', 'decoderVariance', 'manifoldError', 'encoderZeros'],
  judge: (cells) => {
    const free = compare(cells.filter(({ settings }) => !isClipped(settings)));
    const clipped = compare(cells.filter(({ settings }) => isClipped(settings)));
    const collapsed = byLevel(cells, method).map(
      ({ level, cells }) => `${countText(shareOfCells(cells))} tasks with the ${level} variance`,
    );
    const shown = clipped.test.count === 0 ? '' : `. With clipping, it is lower in ${clipped.text}`;
    return {
      verdict: decide([free.test]),
      detail:
        `The loss is lower with the optimal variance in ${free.text}${shown}. ` +
        `Collapsed: ${collapsed.join(', ')}`,
    };
  },
  figure: {
    title: 'Tasks with a trained and with the optimal decoder variance',
    caption: DOT_CAPTION,
  },
  draw: (cells) =>
    dotPlot(cells, {
      x: dimensions,
      compared: { title: 'decoder variance', levelOf: nameOf },
      metrics: ['loss', 'decoderVariance', 'manifoldError'],
    }),
};

function isClipped({ decoderLogVarianceThreshold }: TrainingSettings): boolean {
  return decoderLogVarianceThreshold !== null;
}

function compare(cells: readonly TrainingCell[]) {
  return comparePairs(cells, {
    controlOf: ({ decoderVarianceMethod, ...others }) =>
      decoderVarianceMethod === undefined ? null : others,
    metric: 'loss',
    unit: ' nats',
  });
}

/** Returns, for example, `optimal, clipped at e⁻⁴`. */
function nameOf(settings: TrainingSettings): string {
  const { decoderLogVarianceThreshold: bound } = settings;
  const clipped = bound === null ? '' : `, clipped at ${typeset(formatThreshold(bound))}`;
  return `${method.levelOf(settings)}${clipped}`;
}
