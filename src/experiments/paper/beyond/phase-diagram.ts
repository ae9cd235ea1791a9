import { settingText } from '../../../task/settings.js';
import { collapseMap } from './heat-map.js';
import { DISTANCE_TO_COLLAPSE, type Hypothesis } from './hypothesis.js';
import { byLevel, type Factor } from './levels.js';
import { countText, isClearlyBelow, shareOfCells } from './shares.js';

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
    'latents worth their KL. The paper has log ε² = -3 and the learning rate 1e-4 only.',
  test:
    'at every learning rate, the share of collapsed tasks is smaller at the smallest initial variance than at the largest, and ' +
    "Wilson's 95% intervals of the two shares do not overlap",
  examines: ({ varying, experiment }) =>
    experiment === 'sphere' &&
    varying.includes('initialDecoderLogVariance') &&
    varying.includes('learningRate'),
  minDistance: DISTANCE_TO_COLLAPSE,
  metrics: ['loss', 'decoderVariance', 'manifoldError'],
  judge: (cells) => {
    const compared = byLevel(cells, learningRate).map(({ level, cells: atRate }) => {
      const variances = byLevel(atRate, initialVariance);
      const [smallest, largest] = [variances.at(0), variances.at(-1)];
      const [low, high] = [shareOfCells(smallest?.cells ?? []), shareOfCells(largest?.cells ?? [])];
      return {
        holds: isClearlyBelow(low, high),
        detail:
          `At the learning rate ${level}, ${countText(low)} tasks collapse from log ε² = ${smallest?.level ?? NaN} ` +
          `and ${countText(high)} from ${largest?.level ?? NaN}`,
      };
    });
    return {
      holds: compared.every(({ holds }) => holds),
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
