/** When things happen between a queue's machines. Tests make all of it shorter. */
export interface QueueTiming {
  /** How long a worker holds a task without renewing its lock, which it does twice as often. */
  readonly lockMs: number;
  /** Between two looks for tasks whose worker is gone. */
  readonly checkMs: number;
  /** Between two reports of a task's steps. */
  readonly progressMs: number;
  /** Before the second try of a task that failed; each later one waits twice as long as the one before. */
  readonly backOffMs: number;
  /** Between two comparisons of what the coordinator waits for with what is in the queue. */
  readonly reconcileMs: number;
}

export const QUEUE_TIMING: QueueTiming = {
  lockMs: 30_000,
  checkMs: 10_000,
  progressMs: 500,
  backOffMs: 1_000,
  reconcileMs: 10_000,
};

/**
 * The longest wait between two tries to reach Redis. After an outage all workers are back, and have renewed their locks, before any
 * of them looks for locks that are missing.
 */
export function longestRetryMs({ lockMs }: QueueTiming): number {
  return lockMs / 4;
}
