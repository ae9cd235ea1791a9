import { isDeepStrictEqual } from 'node:util';
import { failedOutcome } from '../../forms/failed-outcome.js';
import { trainingWorker } from '../../forms/training/worker.js';
import type { TaskOutcome } from '../../task/outcome.js';
import type { Clock, TrainRequest } from '../../task/protocol.js';
import type { TrainingTask } from './settings/task.js';
import { pluginVersionsFor } from './plugins/installed.js';
import { vaeTraining } from './training/definition.js';

const worker = trainingWorker(vaeTraining);

export const { warmUp } = worker;

export function run(request: TrainRequest, clock: Clock): TaskOutcome | Promise<TaskOutcome> {
  const { settings, versions } = request.task as TrainingTask;
  if (isDeepStrictEqual(pluginVersionsFor(settings.experiment), versions['plugins'] ?? {}))
    return worker.run(request, clock);
  return failedOutcome(
    new Error(
      'A plugin was edited while the sweep was running: run the sweep again to create tasks for the new version.',
    ),
  );
}
