import { EXIT } from '../errors.js';

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
