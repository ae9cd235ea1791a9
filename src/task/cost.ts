import type { Cost } from './experiment.js';
import { experimentOf } from './registry.js';
import type { Settings } from './task.js';

/** What a task is likely to cost, from its settings alone. */
export function estimateCost(settings: Settings): Cost {
  return experimentOf(settings).cost(settings);
}

/** How far a task goes, in the unit that its experiment counts. */
export function stepsOf(settings: Settings): number {
  return experimentOf(settings).steps(settings);
}

/** Elapsed time of tasks of these times on so many workers, one task a worker at a time, the longest first. */
export function estimateElapsedMs(costs: readonly Pick<Cost, 'trainingMs'>[], workers: number): number {
  const total = costs.reduce((sum, { trainingMs }) => sum + trainingMs, 0);
  const longest = costs.reduce((most, { trainingMs }) => Math.max(most, trainingMs), 0);
  return Math.max(longest, total / workers);
}
