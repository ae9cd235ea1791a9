import type { TimedSteps } from '../store/sessions.js';
import { estimateCost } from '../task/cost.js';
import type { Settings } from '../task/task.js';

/** Steps of a task with these settings, and how long they took. */
export interface Stretch extends TimedSteps {
  readonly settings: Settings;
}

/**
 * Milliseconds that a millisecond of estimated training took: the estimate's error, a factor of the machine. The sums' ratio, so
 * that long stretches count for most. Null without a step to judge by.
 */
export function paceOf(stretches: readonly Stretch[]): number | null {
  let estimatedMs = 0;
  let elapsedMs = 0;
  for (const { settings, steps, elapsedMs: tookMs } of stretches) {
    if (steps <= 0 || tookMs <= 0) continue;
    estimatedMs += (estimateCost(settings).microsecondsPerStep * steps) / 1000;
    elapsedMs += tookMs;
  }
  return estimatedMs === 0 ? null : elapsedMs / estimatedMs;
}
