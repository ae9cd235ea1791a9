import { z } from 'zod';
import { startEngine } from './engine.js';
import { coreToPin } from './machine.js';
import type { MeasureOptions } from './options.js';
import type { LoggingResult } from './result.js';
import { spreadOf } from './statistics.js';

/** A run of the sphere at full length would take minutes; its fixed costs weigh on these steps fifteen times as much. */
const MEASURED = [
  { shape: 'linear', steps: 100_000 },
  { shape: 'sigmoid', steps: 150_000 },
  { shape: 'sphere', steps: 10_000 },
] as const;

const WARM_UP_STEPS = 1_000;

const trainedSchema = z.object({
  trainingMs: z.number(),
  loopMs: z.number(),
  evaluationsMs: z.number(),
  startMs: z.number(),
});

/**
 * The share of a task's time that is not spent in its loop of steps: logs, evaluations, checkpoints, the files and the marker at
 * its end. Training without them is no option of the program, so the time in the loop is taken inside a real task: the loop's
 * calls are wrapped in a clock. They include the copy of each call's metrics out of TensorFlow. What evaluations and the first
 * parameters cost of it is estimated: they are timed by themselves after the task. On one core, as a worker of a busy machine has it.
 */
export async function measureLogging({
  rounds,
  steps: most,
  progress,
}: MeasureOptions): Promise<LoggingResult> {
  const engine = await startEngine('c', coreToPin());
  try {
    const results: LoggingResult = [];
    for (const { shape, steps: usual } of MEASURED) {
      const steps = Math.min(usual, most ?? usual);
      const samples: z.infer<typeof trainedSchema>[] = [];
      // Compiles, and warms JavaScript up.
      await engine.ask(`train ${shape} ${Math.min(steps, WARM_UP_STEPS)}`, trainedSchema);
      for (let round = 1; round <= rounds; round++) {
        progress(`logging: ${shape}, round ${round} of ${rounds}`);
        samples.push(await engine.ask(`train ${shape} ${steps}`, trainedSchema));
      }
      results.push({
        shape,
        steps,
        trainingMs: spreadOf(samples.map(({ trainingMs }) => trainingMs)),
        evaluationsShare: spreadOf(
          samples.map(({ trainingMs, evaluationsMs }) => evaluationsMs / trainingMs),
        ),
        startShare: spreadOf(samples.map(({ trainingMs, startMs }) => startMs / trainingMs)),
        writingShare: spreadOf(
          samples.map(
            ({ trainingMs, loopMs, evaluationsMs, startMs }) =>
              (trainingMs - loopMs - evaluationsMs - startMs) / trainingMs,
          ),
        ),
      });
    }
    return results;
  } finally {
    await engine.end();
  }
}
