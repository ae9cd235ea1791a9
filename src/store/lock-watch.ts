import { setTimeout as delay } from 'node:timers/promises';
import { LockFolder } from './lock-folder.js';
import { watchText } from './lock-owner.js';
import type { StoreLockOptions } from './lock.js';
import { readStoreOwner, type StoreOwner } from './lock.js';

/**
 * Returns the process that is using the store, or null. If only a heartbeat can show that the owner is alive, for example on another
 * host, waits for one for the length of a lease. Writes nothing, because the store may be a copy or belong to another user.
 */
export async function watchStoreOwner(
  outDir: string,
  options: Pick<StoreLockOptions, 'leaseMs' | 'pollMs' | 'now' | 'sleep' | 'onWait'> = {},
): Promise<StoreOwner | null> {
  const { leaseMs = 30_000, pollMs = 1000, now = () => performance.now(), onWait } = options;
  const sleep = options.sleep ?? ((ms: number) => delay(ms));
  const owner = readStoreOwner(outDir);
  if (owner === null || owner.isAlive === false) return null;
  if (owner.isAlive === true || owner.process === null) return owner;
  onWait?.(watchText(outDir, owner.description, leaseMs));
  const folder = new LockFolder(outDir);
  const first = latestHeartbeat(folder);
  // Nothing was watched while this machine was suspended, so a long pause counts as one poll.
  for (let watchedMs = 0; watchedMs < leaseMs;) {
    const before = now();
    await sleep(pollMs);
    watchedMs += Math.min(now() - before, 2 * pollMs);
    if (latestHeartbeat(folder) !== first) return readStoreOwner(outDir);
  }
  return null;
}

/** Returns the heartbeat of the highest owner. It differs between owners, because it includes their nonces. */
function latestHeartbeat(folder: LockFolder): string {
  return folder.readHeartbeat(Math.max(0, ...folder.generations()));
}
