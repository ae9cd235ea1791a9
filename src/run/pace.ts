import type { TimedSteps } from '../store/sessions.js';
import type { Cost } from '../task/experiment.js';

/** Steps of a task, how long they took, and what they were estimated at. */
export interface Stretch extends TimedSteps {
  readonly cost: Pick<Cost, 'microsecondsPerStep'>;
}

/**
 * Milliseconds that a millisecond of estimated training took: the estimate's error, a factor of the machine. The sums' ratio, so
 * that long stretches count for most. Null without a step to judge by.
 */
export function paceOf(stretches: readonly Stretch[]): number | null {
  let estimatedMs = 0;
  let elapsedMs = 0;
  for (const { cost, steps, elapsedMs: tookMs } of stretches) {
    if (steps <= 0 || tookMs <= 0) continue;
    estimatedMs += (cost.microsecondsPerStep * steps) / 1000;
    elapsedMs += tookMs;
  }
  return estimatedMs === 0 ? null : elapsedMs / estimatedMs;
}
