import type { Cost } from './experiment.js';
import { experimentOf } from './registry.js';
import type { Settings } from './task.js';

/** Estimates a task's cost from its settings. */
export function estimateCost(settings: Settings): Cost {
  return experimentOf(settings).cost(settings);
}

/** Returns a task's total number of steps, or of rows if its experiment counts rows. */
export function stepsOf(settings: Settings): number {
  return experimentOf(settings).steps(settings);
}

/** Estimates the elapsed time of tasks on several workers. Each worker executes one task at a time, and the longest tasks start first. */
export function estimateElapsedMs(costs: readonly Pick<Cost, 'trainingMs'>[], workers: number): number {
  const total = costs.reduce((sum, { trainingMs }) => sum + trainingMs, 0);
  const longest = costs.reduce((most, { trainingMs }) => Math.max(most, trainingMs), 0);
  return Math.max(longest, total / workers);
}
