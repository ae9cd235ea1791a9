import { EXIT } from '../errors.js';

const GRACEFUL = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * Stops in two stages: the first signal, or an output that nobody reads any more, calls `onStop`; the second signal exits at once. The
 * same command resumes after either.
 * @returns a function that removes the handlers
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
 * @returns a function that removes the timer
 */
export function onProcessAge(ageMs: number, onPassed: () => void): () => void {
  const timer = setTimeout(onPassed, Math.max(0, ageMs - process.uptime() * 1000));
  return () => {
    clearTimeout(timer);
  };
}
