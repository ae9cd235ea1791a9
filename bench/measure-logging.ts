import { z } from 'zod';
import { startEngine } from './engine.js';
import { coreToPin } from './machine.js';
import type { MeasureOptions } from './options.js';
import type { LoggingResult } from './result.js';
import { spreadOf } from './statistics.js';

/** Steps by shape. A sphere of full length would take minutes: with these steps, its fixed costs weigh fifteen times as much. */
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
 * Measures the share of a task's time outside its loop of steps: logs, evaluations, checkpoints, and the files and marker at its end.
 * Training can't run without them, so that the calls of the loop are timed inside a real task. These calls include copying the metrics
 * out of TensorFlow. The shares of evaluations and of the first parameters are estimated by timing them separately after the task. The
 * process is pinned to one core, like a worker on a busy machine.
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
      // Compiles the loop and warms up JavaScript.
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
