import { once } from 'node:events';
import { EXIT } from '../errors.js';

/** Why a run stops that has had the time which its user gave it. */
export class MaxTimePassed extends Error {
  /** @param text of the time, as `55m` */
  constructor(text: string) {
    super(`--max-time ${text} has passed`);
  }
}

const GRACEFUL = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Two stages: the first signal, or an output that nobody reads any more, calls `onStop`; the second exits at once. Both leave a
 * store that the same command goes on with.
 * @returns a function that puts the handlers away
 */
export function onStopRequest(onStop: (reason: string) => void): () => void {
  let isStopping = false;
  const stop = (reason: string) => {
    if (isStopping) process.exit(EXIT.interrupted);
    isStopping = true;
    onStop(reason);
  };
  const onOutputError = (error: NodeJS.ErrnoException) => {
    if (!isStopping) stop(error.code ?? error.message);
  };
  GRACEFUL.forEach((signal) => process.on(signal, stop));
  [process.stdout, process.stderr].forEach((stream) => stream.on('error', onOutputError));
  return () => {
    GRACEFUL.forEach((signal) => process.off(signal, stop));
    [process.stdout, process.stderr].forEach((stream) => stream.off('error', onOutputError));
  };
}

/**
 * Calls `onPassed` once this process is so many milliseconds old, by a clock that no change of the date moves.
 * @returns a function that puts the timer away
 */
export function onProcessAge(ageMs: number, onPassed: () => void): () => void {
  const timer = setTimeout(onPassed, Math.max(0, ageMs - process.uptime() * 1000));
  return () => {
    clearTimeout(timer);
  };
}

export async function untilAborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

/** What is said when a graceful stop begins. */
export function stopText(reason: unknown): string {
  const work = 'each worker finishes its chunk and writes a checkpoint';
  return reason instanceof MaxTimePassed
    ? `stopping: ${reason.message}; ${work}`
    : `stopping: ${work}; again to stop at once`;
}
