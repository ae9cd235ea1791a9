import type { TimedSteps } from '../store/attempts.js';
import type { Cost } from '../task/experiment.js';

/** Steps of a task, with the time they took and the time they were estimated to take. */
export interface TimedWork extends TimedSteps {
  readonly cost: Pick<Cost, 'microsecondsPerStep'>;
}

/**
 * Returns the ratio of elapsed to estimated time, a factor that depends on the machine. It is a ratio of sums, so long tasks count
 * most. Returns null if there are no timed steps.
 */
export function paceOf(work: readonly TimedWork[]): number | null {
  let estimatedMs = 0;
  let elapsedMs = 0;
  for (const { cost, steps, elapsedMs: tookMs } of work) {
    if (steps <= 0 || tookMs <= 0) continue;
    estimatedMs += (cost.microsecondsPerStep * steps) / 1000;
    elapsedMs += tookMs;
  }
  return estimatedMs === 0 ? null : elapsedMs / estimatedMs;
}
