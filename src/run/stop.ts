import { once } from 'node:events';

/** The reason for stopping a run that has used up its `--max-time`. */
export class MaxTimePassed extends Error {
  /** @param text the time as the user wrote it, for example `55m` */
  constructor(text: string) {
    super(`--max-time ${text} has passed`);
  }
}

/** The reason for stopping a run because somebody asked for it in the dashboard. */
export class StopRequested extends Error {
  /** @param from the network address of who asked */
  constructor(from: string) {
    super(`requested by ${from} in the dashboard`);
  }
}

/** Resolves once the signal is aborted. */
export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}
