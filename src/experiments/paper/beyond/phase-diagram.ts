import { formatNumber } from '../../../report/tables/format.js';
import { settingText } from '../../../task/settings.js';
import { DISTANCE_TO_COLLAPSE, isCollapsed } from '../../vae/collapse.js';
import { collapseMap } from './heat-map.js';
import type { Hypothesis } from './hypothesis.js';
import { byLevel, levelsOf, type Factor } from './levels.js';
import { PAIRS_ASSUMED, pairsOf } from './pairs.js';
import { countText, shareOf } from '../tables/collapse-share.js';
import { decide, DECISION, signTest } from './sign-test.js';

const learningRate: Factor<number> = {
  title: 'learning rate',
  levelOf: (settings) => settings.learningRate,
};
const initialVariance: Factor<number> = {
  title: 'initial log ε²',
  levelOf: (settings) => settings.initialDecoderLogVariance,
};

/** A phase diagram of collapse. */
export const phaseDiagram: Hypothesis = {
  name: 'phase-diagram',
  statement:
    'A sphere task collapses less often from a smaller initial decoder variance, at every learning rate',
  short: 'Phase diagram',
  background:
    'In the loss, the squared error has the weight 1/(2ε²) and the KL has the weight 1. A smaller ε² at the start should make the ' +
    'latents worth their KL. The start is confounded with the speed: log ε² = pc, where Adam moves p from 1 and c is the start, so that ' +
    'from c = -9, log ε² also moves nine times as fast as from c = -1. The paper has c = -3 and the learning rate 1e-4 only.',
  test:
    'at every learning rate, among the pairs of which only one task collapses, it is mostly the task with the largest initial variance ' +
    `and not the one with the smallest. ${PAIRS_ASSUMED}. ${DECISION}`,
  examines: ({ varying, experiment }) =>
    experiment === 'sphere' &&
    varying.includes('initialDecoderLogVariance') &&
    varying.includes('learningRate'),
  minDistance: DISTANCE_TO_COLLAPSE,
  metrics: ['loss', 'decoderVariance', 'manifoldError'],
  judge: (cells) => {
    const variances = levelsOf(cells, initialVariance);
    const [smallest, largest] = [Math.min(...variances), Math.max(...variances)];
    const compared = byLevel(cells, learningRate).map(({ level, cells: atRate }) => {
      const pairs = pairsOf(atRate, (settings) =>
        smallest < largest && initialVariance.levelOf(settings) === smallest
          ? { ...settings, initialDecoderLogVariance: largest }
          : null,
      );
      const test = signTest(
        pairs.map(({ treated, control }) => Number(isCollapsed(treated)) - Number(isCollapsed(control))),
      );
      const low = shareOf(pairs.map(({ treated }) => treated));
      const high = shareOf(pairs.map(({ control }) => control));
      return {
        test,
        detail:
          `At the learning rate ${level}, ${countText(low)} tasks collapse from log ε² = ${smallest} and ${countText(high)} from ${largest}; ` +
          `of ${test.count} pairs, ${test.negative} collapse only from ${largest} and ${test.positive} only from ${smallest} ` +
          `(p = ${formatNumber(test.pValue)})`,
      };
    });
    return {
      verdict: decide(compared.map(({ test }) => test)),
      detail: compared.map(({ detail }) => detail).join('. '),
    };
  },
  figure: {
    title: 'Collapse by learning rate and initial decoder variance',
    caption: 'Colors and numbers show how many of the finished tasks collapsed, over the other settings.',
  },
  draw: (cells) =>
    collapseMap(cells, {
      // As text, since figures would not show all digits of a number.
      x: { ...learningRate, levelOf: (settings) => settingText(settings, 'learningRate') },
      y: initialVariance,
    }),
};
