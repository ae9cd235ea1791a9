import { once } from 'node:events';

/** Why a run stops that has used the time its user gave it. */
export class MaxTimePassed extends Error {
  /** @param text of the time, for example `55m` */
  constructor(text: string) {
    super(`--max-time ${text} has passed`);
  }
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
