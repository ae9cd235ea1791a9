import { isDeepStrictEqual } from 'node:util';
import { loadedTensorFlowVersion } from '../../../compiler/native/backend.js';
import { tf } from '../../../compiler/native/tensorflow.js';
import { recordLoop } from '../../../compiler/recorded-loop.js';
import { decisivePlugins } from '../../../task/user-modules.js';
import { buildModel } from '../model/model.js';
import { initialParameters } from '../model/parameters.js';
import type { TrainingTask } from '../../../task/task.js';
import { eagerLoop } from '../../../compiler/loop.js';
import type { Clock } from '../../../forms/clock.js';
import { evaluate } from './evaluate.js';
import { evaluationLoop } from './evaluation-draws.js';
import { compileAhead, Programs } from './programs.js';
import { failedOutcome } from '../../../forms/failed-outcome.js';
import type { TrainOutcome, TrainRequest, WarmUpRequest, WorkerReply } from '../../../task/protocol.js';
import { randomStreams } from './random-streams/registry.js';
import { stepShapes, trainingStep } from './step.js';
import { drawTask } from './task-draws.js';
import { train } from './train.js';

/** A handler of a worker's requests to train, with the programs that the worker has compiled. */
export function requestHandler(
  clock: Clock,
): (request: WarmUpRequest | TrainRequest) => Promise<WorkerReply> {
  const programs = new Programs();
  return async (request) => {
    if (request.type === 'train') return trainOrFail(request, programs, clock);
    const [first] = request.tasks;
    const compiled = first && compileAhead(first.settings);
    request.tasks.forEach(warmUp);
    await compiled;
    return { type: 'warm' };
  };
}

function trainOrFail(request: TrainRequest, programs: Programs, clock: Clock): TrainOutcome {
  try {
    checkVersions(request.task);
    return train(request, programs, clock);
  } catch (error) {
    return failedOutcome(error);
  }
}

function checkVersions({ settings, versions }: TrainingTask): void {
  const loaded = loadedTensorFlowVersion();
  if (loaded !== versions.tensorflow) {
    throw new Error(
      `The task is for TensorFlow ${versions.tensorflow}, but ${loaded} is loaded. Run npx vae-sweep setup, then the sweep again.`,
    );
  }
  const plugins = decisivePlugins(settings.experiment);
  if (!isDeepStrictEqual(plugins, versions.plugins ?? {}))
    throw new Error(
      'A plugin was edited while the sweep ran: run the sweep again, which makes other tasks of it.',
    );
}

/** Runs every TensorFlow operation that training and evaluating this task's experiment needs. */
function warmUp({ settings }: TrainingTask): void {
  tf.tidy(() => {
    const model = buildModel(settings);
    const streams = randomStreams(model, settings);
    recordLoop(trainingStep(model, streams), stepShapes(model, streams), 1, 1);
    const task = drawTask({ model, streams }, settings);
    const draws = evaluationLoop(streams);
    const program = { model, streams, evaluationLoop: eagerLoop(draws.body, 1) };
    evaluate(program, settings, initialParameters(model, task.keys.kernelKey), task, 0, null);
  });
}
