import { useEffect, useState } from 'preact/hooks';

/** The latest reply of the server. An older reply is kept until a new one arrives. */
export interface Reply<T> {
  readonly value: T | null;
  /** Why the last request failed; null if it succeeded. */
  readonly problem: string | null;
}

/** Sends the request again whenever a key changes, and drops outdated replies. */
export function useReply<T>(request: () => Promise<T>, keys: readonly string[]): Reply<T> {
  const [reply, setReply] = useState<Reply<T>>({ value: null, problem: null });
  useEffect(() => {
    let isCurrent = true;
    request().then(
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
