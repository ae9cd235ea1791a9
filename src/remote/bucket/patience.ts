import pRetry from 'p-retry';
import { BucketError } from '../../errors.js';

const FIRST_WAIT_MS = 1_000;
const LONGEST_WAIT_MS = 30_000;

export interface Patience {
  /** Whether a stop was asked for: what was begun may end, nothing is tried again. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/**
 * Waits with back-off while the bucket can't be used, and says so.
 * @returns null if a stop was asked for before it worked
 */
export async function patiently<T extends object>(
  action: () => Promise<T>,
  { signal, say }: Patience,
): Promise<T | null> {
  const waiting = new AbortController();
  const endWaiting = (): void => {
    waiting.abort(new BucketError('a stop was asked for'));
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
          if (error instanceof BucketError && !signal.aborted) say(`${error.message} It is tried again.`);
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
