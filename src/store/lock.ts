import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreBusyError, StoreError, UserError } from '../errors.js';
import { makeFolder, reasonOf } from './files.js';
import { contend, giveBack, type Held, type Rules } from './lock-contest.js';
import { LockFolder } from './lock-folder.js';
import {
  commandLine,
  currentProcess,
  describe,
  lifeOf,
  watchText,
  type Owner,
  type ProcessIdentity,
} from './lock-owner.js';

/** Where earlier versions had their lock. */
const FORMER_NAMES = ['lock.json', '.lock-mutex'];
const MAX_LOOKS = 100;

export interface StoreLockOptions {
  /** Milliseconds between signs of life for other hosts. @default 5000 */
  readonly beatEveryMs?: number;
  /** Milliseconds without a sign of life after which an owner on another host counts as gone. @default 30000 */
  readonly leaseMs?: number;
  /** Milliseconds between looks for a sign of life. @default 1000 */
  readonly pollMs?: number;
  /** Monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** @default a timer */
  readonly sleep?: (ms: number) => Promise<void>;
  /** What other processes are to think that this one is. @default what the system says */
  readonly identity?: Partial<ProcessIdentity>;
  /** Gets one line that says that an owner on another host is being watched, and for how long. */
  readonly onWait?: (line: string) => void;
  /** Ends that watching with a `StoreBusyError`. */
  readonly signal?: AbortSignal;
}

/**
 * The right to run tasks of a store. Nothing about it is decided by a wall clock: on one host by whether the owner's process is
 * there, else by whether it beats while the other side's monotonic clock runs.
 *
 * An owner that slept through its lease may go on for one beat after it wakes. That harms no result: results are a function of
 * the task, written whole and then renamed, so that two who write them write the same, and what one of them changes of the other's
 * unfinished logs is found by their checksums.
 */
export interface StoreLock {
  /** A description of the owner that it was taken over from, or null. */
  readonly takenOverFrom: string | null;
  /** Aborted, with a `StoreBusyError` as the reason, once another process has it. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface StoreOwner {
  /** For example `process 12 on host, started 2026-01-01T00:00:00.000Z (run sweep.yaml)`, or what is wrong with its file. */
  readonly description: string;
  readonly isAlive: boolean | 'unknown';
  /** Null if its file can't be read. */
  readonly process: Pick<Owner, 'host' | 'pid' | 'startedAt' | 'command'> | null;
}

/** Makes the out folder and takes its lock, or says who has it (`StoreBusyError`). */
export async function acquireStoreLock(outDir: string, options: StoreLockOptions = {}): Promise<StoreLock> {
  const folder = new LockFolder(outDir);
  makeFolder(outDir);
  makeFolder(folder.path);
  const self = newOwner({ ...currentProcess(), ...options.identity });
  try {
    const held = await contend(folder, self, rulesOf(outDir, folder, self, options));
    for (const name of FORMER_NAMES) rmSync(path.join(outDir, name), { recursive: true, force: true });
    return new HeldLock(outDir, folder, self, held, options.beatEveryMs ?? 5000);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new StoreError(
      `can't lock ${outDir} (${reasonOf(error)}): make it writable, on a file system that has hard links, ` +
        `or choose another folder with --out`,
      { cause: error },
    );
  }
}

/** Who has the store, or null. Writes nothing. */
export function readStoreOwner(outDir: string): StoreOwner | null {
  try {
    const owner = highestOwner(new LockFolder(outDir));
    if (owner === null || owner.released) return null;
    const life = lifeOf(owner, currentProcess());
    const { host, pid, startedAt, command } = owner;
    return {
      description: describe(owner),
      isAlive: life === 'unknown' ? life : life === 'alive',
      process: { host, pid, startedAt, command },
    };
  } catch (error) {
    if (error instanceof StoreError) return { description: error.message, isAlive: 'unknown', process: null };
    throw error;
  }
}

class HeldLock implements StoreLock {
  readonly takenOverFrom: string | null;
  readonly #outDir: string;
  readonly #folder: LockFolder;
  readonly #self: Owner;
  readonly #held: Held;
  readonly #lost = new AbortController();
  readonly #timer: NodeJS.Timeout;
  #beats = 0;

  constructor(outDir: string, folder: LockFolder, self: Owner, held: Held, beatEveryMs: number) {
    this.#outDir = outDir;
    this.#folder = folder;
    this.#self = self;
    this.#held = held;
    this.takenOverFrom = held.takenOverFrom === null ? null : describe(held.takenOverFrom);
    this.#timer = setInterval(() => {
      this.#beat();
    }, beatEveryMs);
    this.#timer.unref();
    this.#beat();
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    try {
      await giveBack(this.#folder, this.#held, this.#self);
    } catch {
      // On a full disk, for example, whose error is the one to report: the lock counts as free once this process has ended.
    }
  }

  #beat(): void {
    try {
      const owner = highestOwner(this.#folder);
      if (owner?.nonce === this.#self.nonce) {
        this.#beats += 1;
        this.#folder.writeBeat(this.#held.generation, `${this.#self.nonce} ${this.#beats}\n`);
      } else this.#lose(owner);
    } catch {
      // The next one may succeed; without one, another host takes over, and a later one finds that out.
    }
  }

  #lose(owner: Owner | null): void {
    clearInterval(this.#timer);
    const event =
      owner === null
        ? `the lock of ${this.#outDir} was deleted`
        : `${this.#outDir} was taken over by ${describe(owner)}, which saw no sign of life of this process for a while`;
    this.#lost.abort(new StoreBusyError(`${event}: this run stops; run again to go on`));
  }
}

function newOwner(identity: ProcessIdentity): Owner {
  return {
    nonce: randomUUID(),
    ...identity,
    startedAt: new Date().toISOString(),
    command: commandLine(),
    released: false,
  };
}

function rulesOf(outDir: string, folder: LockFolder, self: Owner, options: StoreLockOptions): Rules {
  const { leaseMs = 30_000, pollMs = 1000, onWait, signal } = options;
  return {
    lifeOf: (owner) => lifeOf(owner, self),
    refusal: (generation, owner) => {
      // Deleting the file of a live owner makes two, so it's no advice where its life is certain.
      const hint =
        owner.processStart === null ? `; if it is surely gone, delete ${folder.ownerFile(generation)}` : '';
      return new StoreBusyError(
        `${outDir} is in use by ${describe(owner)}: wait for it, stop it, or use another --out${hint}`,
      );
    },
    leaseMs,
    pollMs,
    now: options.now ?? (() => performance.now()),
    sleep: options.sleep ?? ((ms) => delay(ms)),
    onWatch: (owner) => onWait?.(watchText(outDir, describe(owner), leaseMs)),
    signal,
  };
}

/** Null if there is none. Looks again where a file vanished after it was listed, which takes a higher one. */
function highestOwner(folder: LockFolder): Owner | null {
  for (let look = 0; look < MAX_LOOKS; look += 1) {
    const highest = Math.max(0, ...folder.generations());
    if (highest === 0) return null;
    const owner = folder.read(highest);
    if (owner !== null) return owner;
  }
  throw new StoreError(`${folder.path} lists files that are not there: try again`);
}
