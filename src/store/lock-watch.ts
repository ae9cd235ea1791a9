import { setTimeout as delay } from 'node:timers/promises';
import { LockFolder } from './lock-folder.js';
import { watchText } from './lock-owner.js';
import type { StoreLockOptions } from './lock.js';
import { readStoreOwner, type StoreOwner } from './lock.js';

/**
 * Who uses the store now, or null. Writes nothing, as the store may be a copy, or somebody else's: where only a heartbeat of
 * the owner shows it, for example on another host, looks for one as long as a lease is.
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
  const first = latestBeat(folder);
  // A pause of this machine is one poll: nothing was watched in it.
  for (let watchedMs = 0; watchedMs < leaseMs;) {
    const before = now();
    await sleep(pollMs);
    watchedMs += Math.min(now() - before, 2 * pollMs);
    if (latestBeat(folder) !== first) return readStoreOwner(outDir);
  }
  return null;
}

/** Differs from one owner to the next, as each has a nonce of its own. */
function latestBeat(folder: LockFolder): string {
  return folder.readBeat(Math.max(0, ...folder.generations()));
}
