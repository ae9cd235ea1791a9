import { useEffect, useState } from 'preact/hooks';

/** What a server last answered; an older answer stays until a new one is there. */
export interface Reply<T> {
  readonly value: T | null;
  /** Why the last request got no answer; null if it got one. */
  readonly problem: string | null;
}

/** Asks anew whenever a key is another, and drops what comes after that. */
export function useReply<T>(ask: () => Promise<T>, keys: readonly string[]): Reply<T> {
  const [reply, setReply] = useState<Reply<T>>({ value: null, problem: null });
  useEffect(() => {
    let isCurrent = true;
    ask().then(
      (value) => {
        if (isCurrent) setReply({ value, problem: null });
      },
      (error: unknown) => {
        if (isCurrent) setReply(({ value }) => ({ value, problem: messageOf(error) }));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, keys);
  return reply;
}

export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
