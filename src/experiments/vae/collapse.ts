import { finalNumber, type Run } from '../../report/runs.js';

/** A task with a KL below this, in nats, can be collapsed: its code carries almost no information about a point. */
export const COLLAPSED_KL_NATS = 0.1;

/**
 * Whether the task ended in posterior collapse, that is, its model uses none of the latents: no encoder variance is below 0.5 and the KL is near 0.
 * Its points are noise around a single point.
 */
export function isCollapsed(run: Run): boolean {
  const kl = finalNumber(run, 'kl');
  return finalNumber(run, 'encoderSmall') === 0 && kl !== null && kl < COLLAPSED_KL_NATS;
}

/**
 * The distance by which Adam must be able to move log D, which starts at 1, to log 0.5: a task that still uses no latents is then collapsed.
 * Adam moves a parameter by at most about the learning rate in each step.
 */
export const DISTANCE_TO_COLLAPSE = 1 + Math.log(2);
/** The distance to log 0.1, below which entries of the encoder variance count as zeros. */
export const DISTANCE_TO_ZEROS = 1 + Math.log(10);
