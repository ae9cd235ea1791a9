import type { LockFolder } from './lock-folder.js';
import type { Liveness, Owner } from './lock-owner.js';

type Operation =
  'generations' | 'read' | 'create' | 'replace' | 'remove' | 'removeTemporaries' | 'readHeartbeat';

/** The operations of the lock folder. Each is one atomic step; a test makes them asynchronous and interleaves them. */
export type LockSteps = {
  readonly [Name in Operation]: (
    ...args: Parameters<LockFolder[Name]>
  ) => ReturnType<LockFolder[Name]> | Promise<ReturnType<LockFolder[Name]>>;
};

export interface Rules {
  readonly livenessOf: (owner: Owner) => Liveness;
  /** Returns the error to throw if the owner is alive. */
  readonly refusal: (generation: number, owner: Owner) => Error;
  /** The time without a new heartbeat after which an owner counts as gone. */
  readonly leaseMs: number;
  readonly pollMs: number;
  /** Returns monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called once per owner whose heartbeat is being watched. */
  readonly onWatch: (owner: Owner) => void;
  /** Stops watching early, as if the owner were alive. */
  readonly signal?: AbortSignal;
}

export interface Held {
  readonly generation: number;
  readonly takenOverFrom: Owner | null;
}

/** Far more than simultaneous contenders, or the polls of one lease, need. */
const MAX_ROUNDS = 1000;

/**
 * Acquires the lock, or throws the rules' refusal, which names the current owner. Each round reads the highest generation. If it
 * belongs to this process, the lock is acquired. If its owner is alive, this process is refused. Otherwise it tries to create the next
 * generation and starts over.
 *
 * There is at most one owner, for two reasons. (1) The highest generation in the folder never decreases: a process removes a file only
 * after it has seen a higher one, and an owner marks its file as released instead of removing it. (2) Suppose that the owner of n,
 * alive and not released, saw n as the highest, and let m > n be the first generation created after that. The creator of m saw m - 1
 * as the highest and considered its owner gone. If m - 1 > n, the creator saw m - 1 either before the owner of n read the folder, but
 * then the owner saw it too by (1), or afterwards, but then m was not the first. So m - 1 = n, and the creator considered an owner
 * gone that is alive: a contradiction. Hence a stale view is harmless: the generation that it leads to already exists, or is below the
 * highest one, which the next round shows.
 *
 * Within one kernel, liveness is exact. Otherwise it is a lease: an owner without a heartbeat for that long is taken over. If it was
 * merely suspended, both run until its next heartbeat shows it the higher generation.
 */
export async function contend(folder: LockSteps, self: Owner, rules: Rules): Promise<Held> {
  const lease = new Lease(rules);
  let own: number | null = null;
  let takenOverFrom: Owner | null = null;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const generations = await folder.generations();
    const highest = Math.max(0, ...generations);
    const owner = highest === 0 ? null : await folder.read(highest);
    // Compare nonces, because a network file system may create the file and yet report that it already existed.
    if (owner?.nonce === self.nonce) {
      for (const lower of generations) if (lower < highest) await folder.remove(lower);
      await folder.removeTemporaries();
      return { generation: highest, takenOverFrom };
    }
    if (own !== null) await folder.remove(own);
    own = null;
    if (owner === null && highest > 0) continue;
    takenOverFrom = owner === null || owner.released ? null : owner;
    if (takenOverFrom !== null) {
      let liveness = rules.livenessOf(takenOverFrom);
      if (liveness === 'unknown')
        liveness = await lease.check(takenOverFrom, await folder.readHeartbeat(highest));
      if (liveness === 'alive') throw rules.refusal(highest, takenOverFrom);
      if (liveness === 'unknown') continue;
    }
    if (await folder.create(highest + 1, self)) own = highest + 1;
  }
  throw new Error(`lost the race for the lock ${MAX_ROUNDS} times`);
}

/** Marks the lock that `contend` returned as released, unless another process took it over. */
export async function release(folder: LockSteps, { generation }: Held, self: Owner): Promise<void> {
  const highest = Math.max(...(await folder.generations()));
  if (highest !== generation || (await folder.read(generation))?.nonce !== self.nonce) return;
  await folder.replace(generation, { ...self, released: true });
}

/** Watches the heartbeat of the highest owner, by this process's own monotonic clock alone. */
class Lease {
  readonly #rules: Rules;
  #nonce = '';
  #heartbeat = '';
  #watchedMs = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  async check(owner: Owner, heartbeat: string): Promise<Liveness> {
    const { leaseMs, pollMs, now, sleep, onWatch, signal } = this.#rules;
    if (owner.nonce !== this.#nonce) {
      this.#nonce = owner.nonce;
      this.#heartbeat = heartbeat;
      this.#watchedMs = 0;
      onWatch(owner);
    }
    if (heartbeat !== this.#heartbeat || signal?.aborted === true) return 'alive';
    if (this.#watchedMs >= leaseMs) return 'gone';
    const before = now();
    await sleep(pollMs);
    // While this machine or the file system was suspended, nothing was watched, so a long pause counts as one poll.
    this.#watchedMs += Math.min(now() - before, 2 * pollMs);
    return 'unknown';
  }
}
