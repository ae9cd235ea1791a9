/**
 * Returns a signal like `AbortSignal.any`. Node keeps those forever while they have listeners, so each process that dies in a simulation
 * would keep its whole world in memory.
 */
export function anySignal(signals: readonly AbortSignal[]): AbortSignal {
  const controller = new AbortController();
  for (const signal of signals) {
    const follow = (): void => {
      controller.abort(signal.reason);
    };
    if (signal.aborted) follow();
    else signal.addEventListener('abort', follow);
  }
  return controller.signal;
}
