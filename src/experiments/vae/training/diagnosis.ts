import { compileLoopToC } from '../../../compiler/c/compile.js';
import { eagerLoop, type Loop } from '../../../compiler/loop.js';
import { loadedTensorFlowVersion } from '../../../compiler/native/backend.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { key, split } from '../../../compiler/random/keys.js';
import type { TrainingSettings } from '../../../task/task.js';
import { buildModel } from '../model/model.js';
import { initialParameters } from '../model/parameters.js';
import type { Diagnosis } from '../../../task/protocol.js';
import { randomStreams } from './random-streams/registry.js';
import { StepInputs, stepShapes, trainingStep } from './step.js';
import { drawTask } from './task-draws.js';

const STEPS = 20;
/** `jax.random.split(jax.random.PRNGKey(0))`, as unsigned words. */
const JAX_SPLIT_OF_KEY_0 = [4146024105, 967050713, 2718843009, 1272950319];

/** Draws random numbers and trains a small model for a few steps, by the C engine and the eager one. @param now milliseconds */
export function diagnose(settings: TrainingSettings, now: () => number): Diagnosis {
  const model = buildModel(settings);
  const streams = randomStreams(model, settings);
  const body = trainingStep(model, streams);
  const { dataParameters, keys } = drawTask({ model, streams }, settings);
  const inputs = new StepInputs(settings, keys, dataParameters).of(1, STEPS);
  const parameters = initialParameters(model, keys.kernelKey);
  const state = [parameters, tf.zerosLike(parameters), tf.zerosLike(parameters)];
  const losses = (loop: Loop) => loop.run(state, inputs, 1, STEPS).metrics;
  const start = now();
  const compiled = compileLoopToC(body, stepShapes(model, streams), STEPS);
  const measured = losses(compiled);
  const compileMs = now() - start;
  losses(compiled);
  const runMs = now() - start - compileMs;
  return {
    tensorflow: loadedTensorFlowVersion(),
    tfjsNode: tf.version['tfjs-node'],
    hasRandomNumbers: drawsAsJax(),
    engineDifference: largestDifference(measured, losses(eagerLoop(body, STEPS))),
    compileMs,
    runMs,
  };
}

function drawsAsJax(): boolean {
  const words = split(key(0)).flatMap((half) => [...half.dataSync()].map((word) => word >>> 0));
  return words.join() === JAX_SPLIT_OF_KEY_0.join();
}

function largestDifference(one: Float32Array, other: Float32Array): number {
  return one.reduce((largest, value, index) => {
    const expected = other[index] ?? NaN;
    return Math.max(largest, Math.abs(value - expected) / Math.max(1, Math.abs(expected)));
  }, 0);
}
