import pRetry from 'p-retry';
import { BucketError } from '../../errors.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface RetryOptions {
  /** Requests a stop: an attempt that has begun may end, and nothing is retried. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Retries with back-off while the bucket can't be used, and says so.
 * @returns null if a stop was requested before the action succeeded
 */
export async function retryUntilAborted<T extends object>(
  action: () => Promise<T>,
  { signal, say }: RetryOptions,
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
        maxTimeout: LONGEST_WAIT_MS,
        signal: waiting.signal,
        shouldRetry: ({ error }) => error instanceof BucketError && !signal.aborted,
        onFailedAttempt: ({ error }) => {
          if (error instanceof BucketError && !signal.aborted) say(`${error.message} Retrying.`);
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
