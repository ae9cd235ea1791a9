import '../../../native-environment.js';
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { TrainingSettings } from '../../../../src/experiments/vae/settings/task.js';
import { vaeTraining } from '../../../../src/experiments/vae/training/definition.js';
import { ProgramCache } from '../../../../src/forms/training/program-cache.js';
import { shortSettings } from './harness.js';

const STEPS = 200;
/** Rounding differs in every operation, and 200 steps of training amplify it. */
const TOLERANCE = 2e-3;

const nonlinear = { ambientDim: 6, initialDecoderLogVariance: -3, learningRate: 1e-3 } as const;
const cases: Record<string, TrainingSettings> = {
  linear: shortSettings,
  'sigmoid, clipped': {
    ...shortSettings,
    ...nonlinear,
    experiment: 'sigmoid',
    decoderLogVarianceThreshold: -2.9,
  },
  'sigmoid, released streams': {
    ...shortSettings,
    ...nonlinear,
    experiment: 'sigmoid',
    randomStreams: 'released-code',
  },
  'sigmoid, optimal variance': {
    ...shortSettings,
    ...nonlinear,
    experiment: 'sigmoid',
    decoderNoise: false,
    decoderVarianceMethod: 'optimal',
  },
  'sphere, optimal variance above an annealed bound': {
    ...shortSettings,
    ...nonlinear,
    experiment: 'sphere',
    hiddenWidths: [20, 10],
    decoderNoise: false,
    steps: STEPS,
    decoderVarianceMethod: 'optimal',
    decoderLogVarianceThreshold: -0.5,
    finalDecoderLogVarianceThreshold: -3,
  },
  'linear, annealed bound': {
    ...shortSettings,
    steps: STEPS,
    decoderLogVarianceThreshold: 0,
    finalDecoderLogVarianceThreshold: -2,
  },
  'linear, released streams': { ...shortSettings, randomStreams: 'released-code' },
  'sphere without biases and noise': {
    ...shortSettings,
    ...nonlinear,
    experiment: 'sphere',
    hiddenWidths: [20, 10],
    biases: false,
    decoderNoise: false,
  },
};

describe('the engines agree with the eager engine', () => {
  for (const [name, settings] of Object.entries(cases)) {
    const eager = run({ ...settings, engine: 'eager' });
    for (const engine of ['c', 'compiled'] as const) {
      it(`over ${String(STEPS)} steps: ${engine}, ${name}`, () => {
        const other = run({ ...settings, engine });
        assert.ok(difference(other.metrics, eager.metrics) < TOLERANCE);
        assert.ok(difference(other.parameters, eager.parameters) < TOLERANCE);
      });
    }
  }

  it('and the comparison detects a different graph', () => {
    const { experiment } = shortSettings;
    assert.equal(experiment, 'linear');
    const compiled = run(shortSettings);
    const other = run({ ...shortSettings, engine: 'eager', learningRate: 1.05e-3 });
    assert.ok(difference(compiled.parameters, other.parameters) > TOLERANCE);
  });

  it('keeps a rising variance at a threshold above its start, because no gradient passes', () => {
    const settings = cases['sigmoid, clipped'] ?? shortSettings;
    const { metrics } = run(settings);
    assert.equal(metrics[metrics.length - 1], Math.fround(-2.9));
  });
});

describe('an annealed bound', () => {
  it('is followed step by step: the variance of step t + 1 has the bound after t steps', () => {
    const settings = cases['linear, annealed bound'] ?? shortSettings;
    const { metrics } = run(settings);
    const width = metrics.length / STEPS;
    const variances = Array.from({ length: STEPS }, (_, t) => metrics[(t + 1) * width - 1] ?? NaN);
    // Until the bound passes the initial log-variance, -1, no gradient moves the variance.
    for (let t = 0; t < STEPS / 2; t++) assert.ok(Math.abs((variances[t] ?? NaN) + (2 * t) / STEPS) < 1e-6);
    assert.equal(variances[0], 0);
  });
});

function run(settings: TrainingSettings): { metrics: Float32Array; parameters: Float32Array } {
  const { program, loop } = new ProgramCache(vaeTraining).get(settings);
  const training = vaeTraining.begin(program, settings);
  const { metrics, state } = loop.run(training.start(), training.inputs(1, STEPS), 1, STEPS);
  return { metrics, parameters: state[0]?.dataSync<'float32'>() ?? new Float32Array() };
}

/** Returns the largest difference relative to the larger number, or to 1. */
function difference(a: Float32Array, b: Float32Array): number {
  assert.equal(a.length, b.length);
  return a.reduce((worst, value, index) => {
    const other = b[index] ?? NaN;
    const distance = Math.abs(value - other) / Math.max(1, Math.abs(value), Math.abs(other));
    return Number.isNaN(distance) ? Infinity : Math.max(worst, distance);
  }, 0);
}
