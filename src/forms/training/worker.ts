import { eagerLoop } from '../../compiler/loop.js';
import { loadedTensorFlowVersion } from '../../compiler/native/backend.js';
import { tf } from '../../compiler/native/tensorflow.js';
import { recordLoop } from '../../compiler/recorded-loop.js';
import type { WorkerModule } from '../../task/protocol.js';
import type { Task } from '../../task/task.js';
import { failedOutcome } from '../failed-outcome.js';
import type { LoopProgram, TrainedSettings, TrainingDefinition } from './definition.js';
import { ProgramCache, shapesOf } from './program-cache.js';
import { train } from './train.js';

/** Returns the worker of an experiment that trains. It receives only tasks of that experiment. */
export function trainingWorker<Own extends TrainedSettings, Program extends LoopProgram>(
  definition: TrainingDefinition<Own, Program>,
): Required<WorkerModule> {
  const programs = new ProgramCache(definition);
  return {
    run: (request, clock) => {
      try {
        checkTensorFlow(request.task);
        return train({ ...request, task: request.task as Task<Own> }, programs, clock);
      } catch (error) {
        return failedOutcome(error);
      }
    },
    // Runs every TensorFlow operation that training and evaluating these tasks need. The first task is trained first, so its program
    // is kept, and its loops are compiled in the background.
    warmUp: async (tasks) => {
      const [first, ...others] = (tasks as readonly Task<Own>[]).map(({ settings }) => settings);
      if (first === undefined) return;
      const { program, loops } = programs.get(first);
      const builds = loops.map(async ({ buildAhead }) => buildAhead?.());
      for (const settings of others)
        tf.tidy(() => {
          const other = definition.program(settings, (_engine, body, _shapes, maxSteps) =>
            eagerLoop(body, maxSteps),
          );
          recordLoop(other.body, shapesOf(other), 1, 1);
          evaluateStart(definition, other, settings);
        });
      await Promise.all(builds);
      tf.tidy(() => {
        evaluateStart(definition, program, first);
      });
    },
  };
}

function evaluateStart<Own extends TrainedSettings, Program extends LoopProgram>(
  definition: TrainingDefinition<Own, Program>,
  program: Program,
  settings: Own,
): void {
  const training = definition.begin(program, settings);
  training.evaluate(training.start(), 0, null);
}

function checkTensorFlow({ versions }: Task): void {
  const { tensorflow } = versions as { readonly tensorflow: string };
  const loaded = loadedTensorFlowVersion();
  if (loaded !== tensorflow)
    throw new Error(
      `The task needs TensorFlow ${tensorflow}, but TensorFlow ${loaded} is loaded. Run npx vae-sweep setup, then run the sweep again.`,
    );
}
