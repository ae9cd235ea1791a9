import type { LockFolder } from './lock-folder.js';
import type { Life, Owner } from './lock-owner.js';

type Operation = 'generations' | 'read' | 'create' | 'replace' | 'remove' | 'removeTemporaries' | 'readBeat';

/** Each operation is one step that others may come before or after; a test makes them promises and orders them. */
export type LockSteps = {
  readonly [Name in Operation]: (
    ...args: Parameters<LockFolder[Name]>
  ) => ReturnType<LockFolder[Name]> | Promise<ReturnType<LockFolder[Name]>>;
};

export interface Rules {
  readonly lifeOf: (owner: Owner) => Life;
  /** What is thrown where the owner is alive. */
  readonly refusal: (generation: number, owner: Owner) => Error;
  /** How long a heartbeat must not change for its owner to count as gone. */
  readonly leaseMs: number;
  readonly pollMs: number;
  /** Monotonic milliseconds. */
  readonly now: () => number;
  readonly sleep: (ms: number) => Promise<void>;
  /** Called once per owner whose heartbeat is being watched. */
  readonly onWatch: (owner: Owner) => void;
  /** Ends the watching, as if the owner were alive. */
  readonly signal?: AbortSignal;
}

export interface Held {
  readonly generation: number;
  readonly takenOverFrom: Owner | null;
}

/** Far more than contenders that come at once, or polls of one lease, need. */
const MAX_ROUNDS = 1000;

/**
 * Becomes the owner, or throws the rules' refusal, which names the one there is. Each round looks at the highest generation: if it is
 * this process's, it holds; if its owner is alive, this process is refused; else it tries to create the next one, and looks again.
 *
 * Why there is one owner at most. (1) The highest generation in the folder never falls: a file is removed only by somebody who has
 * seen a higher one, and an owner that is done marks its file as released instead of removing it. (2) Suppose the owner of n,
 * alive and not released, saw n as the highest, and let m > n be the first generation created after that. Its creator saw m - 1 as
 * the highest and judged its owner gone. If m - 1 > n, that was seen either before the owner's look, which by (1) then saw it too,
 * or after, and m was not the first. So it judged the owner of n, which is alive, gone. Hence no view, however old, does harm:
 * the generation that it leads to is below the highest, which the next look shows, or is taken.
 *
 * "Alive" is exact within one kernel. Elsewhere it is a lease: an owner whose beat stood still that long is taken over, and if it
 * only slept, both run until its next beat shows it the higher generation.
 */
export async function contend(folder: LockSteps, self: Owner, rules: Rules): Promise<Held> {
  const lease = new Lease(rules);
  let own: number | null = null;
  let takenOverFrom: Owner | null = null;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const generations = await folder.generations();
    const highest = Math.max(0, ...generations);
    const owner = highest === 0 ? null : await folder.read(highest);
    // By its nonce: a network file system may have created it and said that it was there.
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
      let life = rules.lifeOf(takenOverFrom);
      if (life === 'unknown') life = await lease.look(takenOverFrom, await folder.readBeat(highest));
      if (life === 'alive') throw rules.refusal(highest, takenOverFrom);
      if (life === 'unknown') continue;
    }
    if (await folder.create(highest + 1, self)) own = highest + 1;
  }
  throw new Error(`others came first ${MAX_ROUNDS} times`);
}

/** Marks what `contend` returned as released, unless another process took it over. */
export async function giveBack(folder: LockSteps, { generation }: Held, self: Owner): Promise<void> {
  const highest = Math.max(...(await folder.generations()));
  if (highest !== generation || (await folder.read(generation))?.nonce !== self.nonce) return;
  await folder.replace(generation, { ...self, released: true });
}

/** Watches the beat of the highest owner, by this process's own monotonic clock alone. */
class Lease {
  readonly #rules: Rules;
  #nonce = '';
  #beat = '';
  #watchedMs = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  async look(owner: Owner, beat: string): Promise<Life> {
    const { leaseMs, pollMs, now, sleep, onWatch, signal } = this.#rules;
    if (owner.nonce !== this.#nonce) {
      this.#nonce = owner.nonce;
      this.#beat = beat;
      this.#watchedMs = 0;
      onWatch(owner);
    }
    if (beat !== this.#beat || signal?.aborted === true) return 'alive';
    if (this.#watchedMs >= leaseMs) return 'gone';
    const before = now();
    await sleep(pollMs);
    // While this machine slept, or the file system answered neither side, nothing was watched: a long pause is one poll.
    this.#watchedMs += Math.min(now() - before, 2 * pollMs);
    return 'unknown';
  }
}
