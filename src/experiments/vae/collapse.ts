import { finalNumber, type Run } from '../../report/runs.js';

/** A collapsed run's code says less about a point than this, in nats. */
export const COLLAPSED_KL_NATS = 0.1;

/**
 * Whether the run ended without using its latents (posterior collapse): no encoder variance below 0.5, and a KL of the encoder
 * near 0, so that its points are noise around one place.
 */
export function isCollapsed(run: Run): boolean {
  const kl = finalNumber(run, 'kl');
  return finalNumber(run, 'encoderSmall') === 0 && kl !== null && kl < COLLAPSED_KL_NATS;
}
