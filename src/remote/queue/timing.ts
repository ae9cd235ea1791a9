/** The timing of a queue. Tests use shorter times. */
export interface QueueTiming {
  /** How long a lock lasts. A worker renews its locks twice as often. */
  readonly lockMs: number;
  /** The time between checks for tasks of workers that are gone. */
  readonly checkMs: number;
  /** The time between progress reports of a task. */
  readonly progressMs: number;
  /** The delay before the first retry of a failed task. It doubles with each retry. */
  readonly backOffMs: number;
  /** The time between comparisons of the tasks that the coordinator waits for with those in the queue. */
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
 * Returns the maximum delay between attempts to reach Redis. It is short enough that after an outage all workers have reconnected and
 * renewed their locks before any of them checks for missing locks.
 */
export function maxRetryDelayMs({ lockMs }: QueueTiming): number {
  return lockMs / 4;
}
