import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { hypotheses } from '../../../../src/experiments/paper/beyond/registry.js';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { COLLAPSED, examined, USED } from './sample-hypotheses.js';

const SEEDS = '[0, 1, 2, 3, 4, 5]';
const phase = (steps = 20_000) =>
  `experiment: sphere
grid: { learningRate: [1e-4, 1e-3], initialDecoderLogVariance: [-1, -5], modelSeed: ${SEEDS} }
settings: { dimensions: [2, 6, 6], seed: 69, steps: ${steps} }
`;
const isSmall = ({ initialDecoderLogVariance }: TrainingSettings) => initialDecoderLogVariance === -5;

describe('the phase diagram', () => {
  test('holds if at every learning rate clearly fewer tasks collapse from the smallest variance', () => {
    const [found] = examined(phase(), (settings) => (isSmall(settings) ? USED : COLLAPSED));
    assert.equal(found?.outcome, 'holds');
    assert.equal(
      found.detail,
      'At the learning rate 0.0001, 0 of 6 tasks collapse from log ε² = -5 and 6 of 6 from -1. ' +
        'At the learning rate 0.001, 0 of 6 tasks collapse from log ε² = -5 and 6 of 6 from -1',
    );
    assert.deepEqual(found.table.body[1], [
      '0.0001',
      '-5',
      '6',
      '0 of 6',
      '0',
      '0 to 0.39',
      '0 ± 0',
      '0 ± 0',
      '0.01 ± 0',
    ]);
  });

  test('does not hold if at one learning rate the intervals overlap', () => {
    const [found] = examined(phase(), (settings) =>
      isSmall(settings) && (settings.learningRate === 1e-4 || settings.modelSeed < 3) ? USED : COLLAPSED,
    );
    assert.equal(found?.outcome, 'does not hold');
    assert.match(found.detail, /At the learning rate 0\.001, 3 of 6 tasks collapse from log ε² = -5/);
  });

  test('is not judged if a task is missing, or too short for Adam to move log D to log 0.5', () => {
    const metricsOf = (settings: TrainingSettings) => (isSmall(settings) ? USED : COLLAPSED);
    const [missing] = examined(phase(), (settings) =>
      isSmall(settings) && settings.modelSeed === 5 ? null : metricsOf(settings),
    );
    assert.equal(missing?.outcome, 'not judged: not enough tasks');
    assert.match(missing.detail, /0 of 5 tasks collapse/);
    assert.match(missing.figure?.caption ?? '', /2 of 24 tasks are missing\.$/);
    const [short] = examined(phase(16_000), metricsOf);
    assert.equal(short?.outcome, 'not judged: too few steps');
    const [empty] = examined(phase(), () => null);
    assert.deepEqual(
      [empty?.outcome, empty?.detail, empty?.figure],
      ['not judged: not enough tasks', 'No task has finished', null],
    );
  });

  test('is not about a sweep over one of its settings', () => {
    const text = `experiment: sphere\ngrid: { learningRate: [1e-4, 1e-3] }\nsettings: { dimensions: [2, 6, 6], seed: 69 }\n`;
    assert.deepEqual(
      examined(text, () => USED),
      [],
    );
  });
});

describe('width, depth and batch size', () => {
  const text = `experiment: sphere
grid: { hiddenWidths: [[4], [8], [4, 4], [8, 8]], batchSize: [25, 100], modelSeed: ${SEEDS} }
settings: { dimensions: [2, 6, 6], seed: 69, steps: 20000 }
`;
  test('holds if the deepest networks collapse most, and depth changes the share more than the others', () => {
    const [found] = examined(text, ({ hiddenWidths }) => (hiddenWidths.length === 2 ? COLLAPSED : USED));
    assert.equal(found?.outcome, 'holds');
    assert.equal(
      found.detail,
      'Collapsed by hidden layers: 0 of 24 with 1, 24 of 24 with 2. ' +
        'Collapsed by units per hidden layer: 12 of 24 with 4, 12 of 24 with 8. ' +
        'Collapsed by batch size: 12 of 24 with 25, 12 of 24 with 100',
    );
  });

  test('does not hold if another factor decides, or if deeper networks collapse less', () => {
    for (const collapses of [
      ({ batchSize }: TrainingSettings) => batchSize === 25,
      ({ hiddenWidths }: TrainingSettings) => hiddenWidths[0] === 4,
      ({ hiddenWidths }: TrainingSettings) => hiddenWidths.length === 1,
    ])
      assert.equal(
        examined(text, (settings) => (collapses(settings) ? COLLAPSED : USED))[0]?.outcome,
        'does not hold',
      );
  });
});

describe('the optimal decoder variance', () => {
  const text = `experiment: sphere
grid: { dimensions: [[2, 6, 6], [4, 10, 10]], decoderVarianceMethod: [trained, optimal], modelSeed: [0, 1, 2, 3, 4] }
settings: { seed: 69, steps: 40000 }
`;
  const isWorse = ({ intrinsicDim, modelSeed }: TrainingSettings) => intrinsicDim === 2 && modelSeed < 2;
  const lossOf = (settings: TrainingSettings, isLower: boolean) => ({
    ...USED,
    loss: settings.modelSeed + (settings.decoderVarianceMethod === 'optimal' ? (isLower ? -1 : 1) : 0),
  });

  test('holds if its loss is lower in at least 80% of the pairs', () => {
    const [found] = examined(text, (settings) => lossOf(settings, !isWorse(settings)));
    assert.equal(found?.outcome, 'holds');
    assert.equal(
      found.detail,
      'The loss is lower with the optimal variance in 8 of 10 pairs and differs by -0.6 nats on average. ' +
        'Collapsed: 0 of 10 tasks with the trained variance, 0 of 10 tasks with the optimal variance',
    );
  });

  test('does not hold if its loss is lower in fewer pairs, or equal', () => {
    const [found] = examined(text, (settings) =>
      lossOf(settings, !isWorse(settings) && settings.modelSeed < 4),
    );
    assert.equal(found?.outcome, 'does not hold');
    assert.match(found.detail, /in 6 of 10 pairs/);
    const [equal] = examined(text, ({ modelSeed }) => ({ ...USED, loss: modelSeed }));
    assert.equal(equal?.outcome, 'does not hold');
  });
});

describe('the annealed threshold', () => {
  const text = `experiment: sphere
grid:
  dimensions: [[2, 6, 6], [4, 10, 10]]
  decoderVarianceThreshold: [e^-2, e^-8]
  finalDecoderVarianceThreshold: [none, e^-8]
  modelSeed: [0, 1]
exclude: [{ decoderVarianceThreshold: e^-8, finalDecoderVarianceThreshold: e^-8 }]
settings: { seed: 69, steps: 40000 }
`;
  const errorOf = (settings: TrainingSettings) =>
    settings.finalDecoderLogVarianceThreshold === undefined
      ? // A constant e^-2 has the lowest error, but it is no control.
        ({ [-2]: 0, [-8]: 0.2 + 0.1 * settings.modelSeed }[String(settings.decoderLogVarianceThreshold)] ??
        NaN)
      : 0.1;

  test('holds if its manifold error is lower in at least 80% of the pairs with the same final threshold', () => {
    const [found] = examined(text, (settings) => ({ ...USED, manifoldError: errorOf(settings) }));
    assert.equal(found?.outcome, 'holds');
    assert.equal(
      found.detail,
      'The manifold error is lower with the annealed threshold in 4 of 4 pairs and differs by -0.15 on average. ' +
        'Collapsed: 0 of 4 tasks with e⁻², 0 of 4 tasks with e⁻² to e⁻⁸, 0 of 4 tasks with e⁻⁸',
    );
  });

  test('does not hold if the final threshold throughout has a lower one in more pairs', () => {
    const [found] = examined(text, (settings) => ({
      ...USED,
      manifoldError:
        settings.intrinsicDim === 4 && settings.decoderLogVarianceThreshold === -8 ? 0.05 : errorOf(settings),
    }));
    assert.equal(found?.outcome, 'does not hold');
    assert.match(found.detail, /in 2 of 4 pairs/);
  });
});

test('hypotheses have distinct names', () => {
  assert.equal(new Set(hypotheses.map(({ name }) => name)).size, hypotheses.length);
});
