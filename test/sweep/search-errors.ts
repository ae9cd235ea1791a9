import assert from 'node:assert/strict';
import { load } from './sweep-folder.js';

/** Asserts the message of a sweep with a space, without the name of the file. `space` is on line 3 and `sample` on line 4. */
export function rejects(space: string, message: string, sample = '{ count: 4 }', more = ''): void {
  const text = `experiment: sphere\ngrid: { dimensions: [[2, 6, 6]], seed: [1] }\nspace: { ${space} }\nsample: ${sample}\n${more}`;
  assert.throws(() => load(text), { name: 'InputError', exitCode: 2, message: `sweep.yaml:${message}` });
}

/** The settings that an experiment on linear or sphere data has, as messages list them. */
export const ALL_SETTINGS =
  'dimensions, seed, modelSeed, steps, batchSize, learningRate, hiddenWidths, biases, decoderNoise, ' +
  'initialDecoderLogVariance, decoderVarianceThreshold, evaluateEverySteps, evaluationPoints, logEverySteps, engine, randomStreams, ' +
  'initialKernelScale, roundingSeed, decoderVarianceMethod, finalDecoderVarianceThreshold';

export const RATE = 'learningRate: { uniform: [0.1, 0.2] }';
