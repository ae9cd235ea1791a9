import { isDeepStrictEqual } from 'node:util';
import { loadedTensorFlowVersion } from '../../compiler/native/backend.js';
import { tf } from '../../compiler/native/tensorflow.js';
import { recordLoop } from '../../compiler/recorded-loop.js';
import { decisivePlugins } from './plugins/installed.js';
import { buildModel } from './model/model.js';
import { initialParameters } from './model/parameters.js';
import type { Task, TrainingTask } from '../../task/task.js';
import { eagerLoop } from '../../compiler/loop.js';
import { evaluate } from './training/evaluate.js';
import { evaluationLoop } from './training/evaluation-draws.js';
import { compileAhead, Programs } from './training/programs.js';
import { failedOutcome } from '../../forms/failed-outcome.js';
import type { TaskOutcome } from '../../task/outcome.js';
import type { Clock, TrainRequest } from '../../task/protocol.js';
import { randomStreams } from './training/random-streams/registry.js';
import { stepShapes, trainingStep } from './training/step.js';
import { drawTask } from './training/task-draws.js';
import { train } from './training/train.js';

/** Those that this thread has compiled. */
const programs = new Programs();

export function run(request: TrainRequest, clock: Clock): TaskOutcome {
  try {
    // A worker is only given tasks of its experiment.
    const own = request as TrainRequest<TrainingTask>;
    checkVersions(own.task);
    return train(own, programs, clock);
  } catch (error) {
    return failedOutcome(error);
  }
}

export async function warmUp(tasks: readonly Task[]): Promise<void> {
  const all = tasks as readonly TrainingTask[];
  const compiled = all[0] && compileAhead(all[0].settings);
  all.forEach(useOperations);
  await compiled;
}

function checkVersions({ settings, versions }: TrainingTask): void {
  const loaded = loadedTensorFlowVersion();
  const { tensorflow } = versions as { readonly tensorflow: string };
  if (loaded !== tensorflow) {
    throw new Error(
      `The task is for TensorFlow ${tensorflow}, but ${loaded} is loaded. Run npx vae-sweep setup, then the sweep again.`,
    );
  }
  const plugins = decisivePlugins(settings.experiment);
  if (!isDeepStrictEqual(plugins, versions['plugins'] ?? {}))
    throw new Error(
      'A plugin was edited while the sweep ran: run the sweep again, which makes other tasks of it.',
    );
}

/** Runs every TensorFlow operation that training and evaluating this task's experiment needs. */
function useOperations({ settings }: TrainingTask): void {
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
