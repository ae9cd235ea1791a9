import type { Cost } from './task-type.js';
import { experimentOf } from '../experiments/registry.js';
import type { Settings } from './task.js';

/** What a task is likely to cost, from its settings alone. */
export function estimateCost(settings: Settings): Cost {
  return experimentOf(settings).cost(settings);
}

/** Training steps; of a computation the rows that it has, at most. */
export function stepsOf(settings: Settings): number {
  return experimentOf(settings).steps(settings);
}

/** Elapsed time of tasks of these times on so many workers, one task a worker at a time, the longest first. */
export function estimateElapsedMs(costs: readonly Pick<Cost, 'trainingMs'>[], workers: number): number {
  const total = costs.reduce((sum, { trainingMs }) => sum + trainingMs, 0);
  const longest = costs.reduce((most, { trainingMs }) => Math.max(most, trainingMs), 0);
  return Math.max(longest, total / workers);
}
