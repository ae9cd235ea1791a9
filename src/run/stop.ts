import { once } from 'node:events';

/** The reason for stopping a run that has used up its `--max-time`. */
export class MaxTimePassed extends Error {
  /** @param text the time as the user wrote it, for example `55m` */
  constructor(text: string) {
    super(`--max-time ${text} has passed`);
  }
}

/** Resolves once the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
