import { compileAhead } from '../../compiler/engines.js';
import { eagerLoop } from '../../compiler/loop.js';
import { loadedTensorFlowVersion } from '../../compiler/native/backend.js';
import { tf } from '../../compiler/native/tensorflow.js';
import { recordLoop } from '../../compiler/recorded-loop.js';
import type { WorkerModule } from '../../task/protocol.js';
import type { Task } from '../../task/task.js';
import { failedOutcome } from '../failed-outcome.js';
import type { LoopProgram, MakeLoop, TrainedSettings, TrainingDefinition } from './definition.js';
import { MAX_CHUNK_STEPS, ProgramCache, shapesOf } from './program-cache.js';
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
    // Runs every TensorFlow operation that training and evaluating these tasks need.
    warmUp: async (tasks) => {
      const compiling: Promise<void>[] = [];
      (tasks as readonly Task<Own>[]).forEach(({ settings }, index) => {
        // The first task is trained first, so compile its loops in the background.
        const make: MakeLoop = (engine, body, shapes, maxSteps) => {
          if (index === 0) compiling.push(compileAhead(engine, body, shapes, maxSteps));
          return eagerLoop(body, maxSteps);
        };
        tf.tidy(() => {
          const program = definition.program(settings, make);
          make(program.engine, program.body, shapesOf(program), MAX_CHUNK_STEPS);
          recordLoop(program.body, shapesOf(program), 1, 1);
          const training = definition.begin(program, settings);
          training.evaluate(training.start(), 0, null);
        });
      });
      await Promise.all(compiling);
    },
  };
}

function checkTensorFlow({ versions }: Task): void {
  const { tensorflow } = versions as { readonly tensorflow: string };
  const loaded = loadedTensorFlowVersion();
  if (loaded !== tensorflow)
    throw new Error(
      `The task needs TensorFlow ${tensorflow}, but TensorFlow ${loaded} is loaded. Run npx vae-sweep setup, then run the sweep again.`,
    );
}
