import pRetry from 'p-retry';
import { BucketError } from '../../errors.js';

const FIRST_WAIT_MS = 1_000;
const MAX_WAIT_MS = 30_000;

export interface RetryOptions {
  /** Requests a stop when it aborts: the current attempt may finish, but is not retried. */
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/**
 * Runs the action until it succeeds. While the bucket can't be used, retries with back-off and reports each failure.
 * @returns null if a stop was requested before the action succeeded
 */
export async function retryUntilAborted<T extends object>(
  action: () => Promise<T>,
  { signal, print }: RetryOptions,
): Promise<T | null> {
  const waiting = new AbortController();
  const endWaiting = (): void => {
    waiting.abort(new BucketError('a stop was requested'));
  };
  signal.addEventListener('abort', endWaiting);
  let result: T | null = null;
  try {
    await pRetry(
      async () => {
        result = await action();
      },
      {
        retries: Infinity,
        minTimeout: FIRST_WAIT_MS,
        maxTimeout: MAX_WAIT_MS,
        signal: waiting.signal,
        shouldRetry: ({ error }) => error instanceof BucketError && !signal.aborted,
        onFailedAttempt: ({ error }) => {
          if (error instanceof BucketError && !signal.aborted) print(`${error.message}; retrying`);
        },
      },
    );
  } catch (error) {
    if (!signal.aborted || !(error instanceof BucketError)) throw error;
  } finally {
    signal.removeEventListener('abort', endWaiting);
  }
  return result;
}
