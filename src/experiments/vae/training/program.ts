import type { Tensor2D } from '@tensorflow/tfjs-node';
import type { Loop } from '../../../compiler/loop.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { DataKeys } from '../../../compiler/random/words.js';
import type { LoopProgram, MakeLoop } from '../../../forms/training/definition.js';
import type { TrainingSettings } from '../settings/task.js';
import { buildModel, type Model } from '../model/model.js';
import { parameterCount, parameterLayout } from '../model/parameters.js';
import { thresholdSchedule } from '../model/threshold.js';
import { ENGINE_NAMES } from '../settings/engine-names.js';
import { evaluationLoop } from './evaluation-draws.js';
import { randomStreams } from './random-streams/registry.js';
import type { RandomStreams, TaskKeys } from './random-streams/streams.js';
import { inputShapes, trainingStep } from './step.js';

export interface Program extends LoopProgram {
  readonly model: Model;
  readonly streams: RandomStreams;
  /** Draws the random numbers of an evaluation in one step. */
  readonly evaluationLoop: Loop;
}

export function makeProgram(settings: TrainingSettings, makeLoop: MakeLoop): Program {
  const model = buildModel(settings);
  const streams = randomStreams(model, settings);
  const threshold = thresholdSchedule(settings);
  const vector = [parameterCount(parameterLayout(model))];
  const draws = evaluationLoop(streams);
  // With XLA, the additional session would cost more memory than it is worth.
  const drawEngine = settings.engine === 'c' ? 'c' : 'eager';
  return {
    model,
    streams,
    engine: ENGINE_NAMES[settings.engine],
    state: { parameters: vector, firstMoment: vector, secondMoment: vector },
    inputs: inputShapes(model, streams, threshold),
    body: trainingStep(model, streams, threshold),
    evaluationLoop: makeLoop(drawEngine, draws.body, draws.shapes, 1),
  };
}

/** The random parts of a task, which its seeds determine. */
export interface TaskDraws {
  /** The parameters of the data: A [r*, r*] for linear data, a* [r*, 1] for sigmoid data. */
  readonly dataParameters: readonly Tensor2D[];
  readonly keys: TaskKeys;
}

/** Draws the parameters of the data with the first data keys, and sets up the keys of the task. The caller disposes both. */
export function drawTask(
  { model, streams }: Pick<Program, 'model' | 'streams'>,
  settings: TrainingSettings,
): TaskDraws {
  const dataKeys = new DataKeys(settings.seed);
  const dataParameters = tf.tidy(() => model.dataset.parameters(dataKeys, settings));
  return { dataParameters, keys: streams.keysOf(settings, dataKeys) };
}
