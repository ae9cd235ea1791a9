import { useEffect, useState } from 'preact/hooks';
import type { ControlReply, ControlRequest } from '../protocol.js';

/** Controls the run of a sweep. */
export interface Control {
  /** Why this page may not control runs; null if it may, or while that is not known. */
  readonly refusal: string | null;
  /** Whether this page may control runs. */
  readonly isAllowed: boolean;
  /** The result of the last request, in words; empty before the first one. */
  readonly message: string;
  /** @param accepted the message once the run's inbox has the request */
  readonly send: (request: ControlRequest, accepted: string) => void;
}

/** @param epoch the number of reconnections: another server may have another token */
export function useControl(sweep: string, epoch: number): Control {
  const [reply, setReply] = useState<ControlReply | null>(null);
  const [message, setMessage] = useState('');
  useEffect(() => {
    let isCurrent = true;
    fetch('/api/control')
      .then(async (response) => (await response.json()) as ControlReply)
      .then((next) => {
        if (isCurrent) setReply(next);
      })
      .catch(() => undefined);
    return () => {
      isCurrent = false;
    };
  }, [epoch]);
  const send = (request: ControlRequest, accepted: string): void => {
    setMessage('Sending …');
    post('control', { sweep, request })
      .then(() => {
        setMessage(accepted);
      })
      .catch((error: unknown) => {
        setMessage(error instanceof Error ? error.message : String(error));
      });
  };
  return { refusal: reply?.refusal ?? null, isAllowed: reply?.refusal === null, message, send };
}

/** Sends a request that changes something. The server accepts it only from its own pages. @throws an Error with the reason if it refuses */
export async function post(path: string, body: object): Promise<void> {
  const response = await fetch(`/api/${path}`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  if (response.ok) return;
  const reply = (await response.json().catch(() => ({}))) as { readonly error?: string };
  throw new Error(
    reply.error ??
      `The server responded with status ${response.status}. If it was restarted, open the address that it printed.`,
  );
}
