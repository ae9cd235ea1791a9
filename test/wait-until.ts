import { setTimeout as delay } from 'node:timers/promises';

const MAX_WAIT_MS = 120_000;

/**
 * Resolves once the condition holds. It polls, because files and other processes do not always send events.
 * @param what the condition in words, for example `the first task has started`
 * @param everyMs time between two polls @default 10
 * @throws an Error that names the condition if it does not hold within two minutes
 */
export async function waitUntil(
  what: string,
  condition: () => boolean | Promise<boolean>,
  everyMs = 10,
): Promise<void> {
  const endMs = performance.now() + MAX_WAIT_MS;
  while (!(await condition())) {
    if (performance.now() > endMs)
      throw new Error(`Waited ${String(MAX_WAIT_MS / 1000)} seconds, but not yet true: ${what}`);
    await delay(everyMs);
  }
}
