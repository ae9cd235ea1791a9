import { typeset } from '../../../report/figures/typography.js';
import { settingText } from '../../../task/settings.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import { dotPlot } from './dot-plot.js';
import { DISTANCE_TO_ZEROS, type Hypothesis } from './hypothesis.js';
import { byLevel, type Factor } from './levels.js';
import { judgePairs, PAIRS_NEEDED } from './pairs.js';
import { countText, shareOfCells } from './shares.js';

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
    'data, initial weights and noise.',
  test: `${PAIRS_NEEDED}, the loss at the end is lower with the optimal variance`,
  examines: ({ varying }) => varying.includes('decoderVarianceMethod'),
  minDistance: DISTANCE_TO_ZEROS,
  metrics: ['loss', 'decoderVariance', 'manifoldError', 'encoderZeros'],
  judge: (cells) => {
    const { holds, detail } = judgePairs(cells, {
      controlOf: ({ decoderVarianceMethod, ...others }) =>
        decoderVarianceMethod === undefined ? null : others,
      metric: 'loss',
      quantity: 'The loss',
      unit: ' nats',
      treatment: 'with the optimal variance',
    });
    const collapsed = byLevel(cells, method).map(
      ({ level, cells }) => `${countText(shareOfCells(cells))} tasks with the ${level} variance`,
    );
    return { holds, detail: `${detail}. Collapsed: ${collapsed.join(', ')}` };
  },
  figure: {
    title: 'Tasks with a trained and with the optimal decoder variance',
    caption: 'Hollow marks are tasks at their last evaluation; filled marks are means over the seeds.',
  },
  draw: (cells) =>
    dotPlot(cells, {
      x: {
        title: 'intrinsic-ambient-latent dimensions',
        levelOf: (settings) => settingText(settings, 'dimensions'),
      },
      compared: { title: 'decoder variance', levelOf: nameOf },
      metrics: ['loss', 'decoderVariance', 'manifoldError'],
    }),
};

/** Returns, for example, `optimal, clipped at e⁻⁴`. */
function nameOf(settings: TrainingSettings): string {
  const { decoderLogVarianceThreshold: bound } = settings;
  const clipped = bound === null ? '' : `, clipped at ${typeset(formatThreshold(bound))}`;
  return `${method.levelOf(settings)}${clipped}`;
}
