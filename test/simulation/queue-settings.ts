import { parseBucketUrl } from '../../src/remote/bucket/address.js';
import { ResultBucket } from '../../src/remote/bucket/result-bucket.js';
import { parseQueueUrl } from '../../src/remote/queue/address.js';
import type { QueueTiming } from '../../src/remote/queue/timing.js';
import type { World } from './world.js';

export const QUEUE = parseQueueUrl('redis://simulated:6379', undefined);

/** A fraction of the times in use, in the same proportions, so that less happens in a simulation. */
export const TIMING: QueueTiming = {
  lockMs: 6_000,
  checkMs: 2_000,
  progressMs: 1_000,
  backOffMs: 200,
  reconcileMs: 2_000,
};

/** Opens the bucket of a simulation, if it has one. */
export async function openBucket(world: World, signal: AbortSignal): Promise<ResultBucket | null> {
  return world.bucket === null ? null : ResultBucket.open(parseBucketUrl('s3://simulated'), signal);
}
