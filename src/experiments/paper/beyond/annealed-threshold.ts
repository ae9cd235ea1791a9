import { DISTANCE_TO_ZEROS } from '../../vae/collapse.js';
import { typeset } from '../../../report/figures/typography.js';
import { formatThreshold } from '../../vae/settings/threshold.js';
import type { TrainingSettings } from '../../vae/settings/task.js';
import { DOT_CAPTION, dotPlot } from './dot-plot.js';
import type { Hypothesis } from './hypothesis.js';
import { byLevel, dimensions, type Factor } from './levels.js';
import { comparePairs, PAIRS_ASSUMED } from './pairs.js';
import { countText, shareOfCells } from '../tables/collapse-share.js';
import { decide, DECISION } from './sign-test.js';

const threshold: Factor<string> = { title: 'threshold', levelOf: nameOf };

/** A clipping threshold that falls during training. */
export const annealedThreshold: Hypothesis = {
  name: 'annealed-threshold',
  statement:
    'A sphere task ends with a lower manifold error if its clipping threshold is annealed than if it has its final value throughout',
  short: 'Annealed threshold',
  background:
    'Appendix D clips the decoder variance at a constant threshold. With a threshold that falls during training, its logarithm linear in ' +
    'the step, a task should first learn coarse structure, and the noise still ends small. The manifold error contains the noise, so ' +
    'only tasks with the same final threshold are compared.',
  test: `in most pairs, the manifold error at the end is lower with the annealed threshold. ${PAIRS_ASSUMED}. ${DECISION}`,
  examines: ({ varying, experiment }) =>
    experiment === 'sphere' && varying.includes('finalDecoderVarianceThreshold'),
  minDistance: DISTANCE_TO_ZEROS,
  metrics: ['loss', 'decoderVariance', 'manifoldError', 'encoderZeros'],
  judge: (cells) => {
    const { test, text } = comparePairs(cells, {
      controlOf: ({ finalDecoderLogVarianceThreshold: final, ...others }) =>
        final === undefined ? null : { ...others, decoderLogVarianceThreshold: final },
      metric: 'manifoldError',
      unit: '',
    });
    const collapsed = byLevel(cells, threshold).map(
      ({ level, cells }) => `${countText(shareOfCells(cells))} tasks with ${level}`,
    );
    return {
      verdict: decide([test]),
      detail: `The manifold error is lower with the annealed threshold in ${text}. Collapsed: ${collapsed.join(', ')}`,
    };
  },
  figure: {
    title: 'Tasks with an annealed and with constant clipping thresholds',
    caption: DOT_CAPTION,
  },
  draw: (cells) =>
    dotPlot(cells, {
      x: dimensions,
      compared: threshold,
      metrics: ['manifoldError', 'decoderVariance', 'encoderZeros'],
    }),
};

/** Returns, for example, `e⁻² to e⁻⁸`, `e⁻²` or `no threshold`. */
function nameOf(settings: TrainingSettings): string {
  const { decoderLogVarianceThreshold: start, finalDecoderLogVarianceThreshold: final } = settings;
  if (start === null) return 'no threshold';
  const values = final === undefined ? [start] : [start, final];
  return typeset(values.map(formatThreshold).join(' to '));
}
