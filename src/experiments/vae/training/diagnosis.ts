import { compileLoopToC } from '../../../compiler/c/compile.js';
import { eagerLoop, type Loop } from '../../../compiler/loop.js';
import { loadedTensorFlowVersion } from '../../../compiler/native/backend.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { key, split } from '../../../compiler/random/keys.js';
import { shapesOf } from '../../../forms/training/programs.js';
import type { TrainingSettings } from '../settings/task.js';
import type { Diagnosis } from '../../../task/protocol.js';
import { vaeTraining } from './definition.js';

const STEPS = 20;
/** `jax.random.split(jax.random.PRNGKey(0))`, as unsigned words. */
const JAX_SPLIT_OF_KEY_0 = [4146024105, 967050713, 2718843009, 1272950319];

/** Draws random numbers and trains a small model for a few steps, by the C engine and the eager one. @param now milliseconds */
export function diagnose(settings: TrainingSettings, now: () => number): Diagnosis {
  const program = vaeTraining.program(settings, (_engine, body, _shapes, maxSteps) =>
    eagerLoop(body, maxSteps),
  );
  const training = vaeTraining.begin(program, settings);
  const inputs = training.inputs(1, STEPS);
  const state = training.start();
  const losses = (loop: Loop) => loop.run(state, inputs, 1, STEPS).metrics;
  const start = now();
  const compiled = compileLoopToC(program.body, shapesOf(program), STEPS);
  const measured = losses(compiled);
  const compileMs = now() - start;
  losses(compiled);
  const runMs = now() - start - compileMs;
  return {
    tensorflow: loadedTensorFlowVersion(),
    tfjsNode: tf.version['tfjs-node'],
    hasRandomNumbers: drawsAsJax(),
    engineDifference: largestDifference(measured, losses(eagerLoop(program.body, STEPS))),
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
