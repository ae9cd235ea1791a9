import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreBusyError, StoreError, UserError } from '../errors.js';
import { makeFolder, reasonOf } from './files.js';
import { contend, release, type Held, type Rules } from './lock-contest.js';
import { LockFolder } from './lock-folder.js';
import {
  commandLine,
  currentProcess,
  describe,
  livenessOf,
  watchText,
  type Owner,
  type ProcessIdentity,
} from './lock-owner.js';

/** The locks of earlier versions. */
const FORMER_NAMES = ['lock.json', '.lock-mutex'];
const MAX_READS = 100;

export interface StoreLockOptions {
  /** Milliseconds between heartbeats, which other hosts watch. @default 5000 */
  readonly heartbeatEveryMs?: number;
  /** Milliseconds without a heartbeat after which an owner on another host counts as gone. @default 30000 */
  readonly leaseMs?: number;
  /** Milliseconds between polls for a heartbeat. @default 1000 */
  readonly pollMs?: number;
  /** Returns monotonic milliseconds. @default performance.now */
  readonly now?: () => number;
  /** Resolves after the given milliseconds. @default a timer */
  readonly sleep?: (ms: number) => Promise<void>;
  /** Overrides the identity of this process. @default the identity that the system reports */
  readonly identity?: Partial<ProcessIdentity>;
  /** Gets one line that reports that an owner on another host is being watched, and for how long. */
  readonly onWait?: (line: string) => void;
  /** Stops watching early and throws a `StoreBusyError`. */
  readonly signal?: AbortSignal;
}

/**
 * The right to run tasks of a store. It never depends on a wall clock: on one host it depends on whether the owner's process exists,
 * otherwise on whether heartbeats arrive while the other side's monotonic clock runs.
 *
 * An owner that was suspended for longer than its lease may continue until its next heartbeat. This harms no results: they are a
 * function of the task and replaced atomically, so two owners write the same bytes, and if one changes unfinished logs of the other,
 * their checksums reveal it.
 */
export interface StoreLock {
  /** A description of the previous owner if the lock was taken over from one that is gone, or null. */
  readonly takenOverFrom: string | null;
  /** Identifies this acquisition of the lock. */
  readonly nonce: string;
  /** Aborts with a `StoreBusyError` as its reason once another process holds the lock. */
  readonly lost: AbortSignal;
  release(): Promise<void>;
}

export interface StoreOwner {
  /** For example `process 12 on host, started 2026-01-01T00:00:00.000Z (run sweep.yaml)`, or the problem with the owner's file. */
  readonly description: string;
  readonly isAlive: boolean | 'unknown';
  /** Null if the owner's file can't be read. */
  readonly process: Pick<Owner, 'nonce' | 'host' | 'pid' | 'startedAt' | 'command'> | null;
}

/**
 * Creates the out folder and acquires its lock.
 * @throws a StoreBusyError that names the owner if another process holds it
 */
export async function acquireStoreLock(outDir: string, options: StoreLockOptions = {}): Promise<StoreLock> {
  const folder = new LockFolder(outDir);
  makeFolder(outDir);
  makeFolder(folder.path);
  const self = newOwner({ ...currentProcess(), ...options.identity });
  try {
    const held = await contend(folder, self, rulesOf(outDir, folder, self, options));
    for (const name of FORMER_NAMES) rmSync(path.join(outDir, name), { recursive: true, force: true });
    return new HeldLock(outDir, folder, self, held, options.heartbeatEveryMs ?? 5000);
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new StoreError(
      `can't lock ${outDir} (${reasonOf(error)}): make it writable, use a file system with hard links, ` +
        `or choose another folder with --out`,
      { cause: error },
    );
  }
}

/** Returns the owner of the store, or null if there is none. Writes nothing. */
export function readStoreOwner(outDir: string): StoreOwner | null {
  try {
    const owner = highestOwner(new LockFolder(outDir));
    if (owner === null || owner.released) return null;
    const life = livenessOf(owner, currentProcess());
    const { nonce, host, pid, startedAt, command } = owner;
    return {
      description: describe(owner),
      isAlive: life === 'unknown' ? life : life === 'alive',
      process: { nonce, host, pid, startedAt, command },
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
  #heartbeats = 0;

  constructor(outDir: string, folder: LockFolder, self: Owner, held: Held, heartbeatEveryMs: number) {
    this.#outDir = outDir;
    this.#folder = folder;
    this.#self = self;
    this.#held = held;
    this.takenOverFrom = held.takenOverFrom === null ? null : describe(held.takenOverFrom);
    this.#timer = setInterval(() => {
      this.#sendHeartbeat();
    }, heartbeatEveryMs);
    this.#timer.unref();
    this.#sendHeartbeat();
  }

  get nonce(): string {
    return this.#self.nonce;
  }

  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  async release(): Promise<void> {
    clearInterval(this.#timer);
    try {
      await release(this.#folder, this.#held, this.#self);
    } catch {
      // For example on a full disk, which is the error to report. The lock counts as free once this process has exited.
    }
  }

  #sendHeartbeat(): void {
    try {
      const owner = highestOwner(this.#folder);
      if (owner?.nonce === this.#self.nonce) {
        this.#heartbeats += 1;
        this.#folder.writeHeartbeat(this.#held.generation, `${this.#self.nonce} ${this.#heartbeats}\n`);
      } else this.#lose(owner);
    } catch {
      // The next heartbeat may succeed. If none does, another host takes over, and a later heartbeat notices that.
    }
  }

  #lose(owner: Owner | null): void {
    clearInterval(this.#timer);
    const event =
      owner === null
        ? `the lock of ${this.#outDir} was deleted`
        : `${this.#outDir} was taken over by ${describe(owner)}, which saw no heartbeat of this process for a while`;
    this.#lost.abort(new StoreBusyError(`${event}: this run stops; run the same command again to resume`));
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
    livenessOf: (owner) => livenessOf(owner, self),
    refusal: (generation, owner) => {
      // Deleting the file of a live owner would allow a second one, so advise it only where liveness is uncertain.
      const hint =
        owner.processStart === null
          ? `; if you are sure that it is gone, delete ${folder.ownerFile(generation)}`
          : '';
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

/** Returns the highest owner, or null. Retries if a file disappears after it was listed, which implies a higher one. */
function highestOwner(folder: LockFolder): Owner | null {
  for (let read = 0; read < MAX_READS; read += 1) {
    const highest = Math.max(0, ...folder.generations());
    if (highest === 0) return null;
    const owner = folder.read(highest);
    if (owner !== null) return owner;
  }
  throw new StoreError(`${folder.path} lists files that do not exist: try again`);
}
