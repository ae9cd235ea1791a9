import { readFileSync, rmSync } from 'node:fs';
import { hostname } from 'node:os';
import path from 'node:path';
import { lock } from 'proper-lockfile';
import { z } from 'zod';
import { StoreBusyError, StoreError } from '../errors.js';
import { fsyncFolder, makeFolder, readJsonFile, reasonOf, writeFileDurably } from './files.js';

const ownerSchema = z.object({
  host: z.string(),
  pid: z.int(),
  /** The kernel's id of this boot, and the process's start in clock ticks since it. Null where the system has no /proc. */
  boot: z.string().nullable(),
  processStart: z.string().nullable(),
  /** ISO 8601. */
  startedAt: z.string(),
  command: z.string(),
});

type Owner = z.infer<typeof ownerSchema>;

/** The right to run tasks of a store. It outlives a kill -9; whoever comes next on the same host takes it over. */
export interface StoreLock {
  /** Whom it was taken over from, in words, or null. */
  readonly takenOverFrom: string | null;
  release(): Promise<void>;
}

/** Makes the out folder and takes its lock, or says who has it (`StoreBusyError`). */
export async function acquireStoreLock(outDir: string): Promise<StoreLock> {
  makeFolder(outDir);
  const file = path.join(outDir, 'lock.json');
  const self = currentProcess();
  const takenOverFrom = await exclusively(outDir, () => {
    const previous = readOwner(file);
    if (previous !== null && isAlive(previous, self)) throw busyError(outDir, file, previous);
    writeFileDurably(file, `${JSON.stringify(self, null, 2)}\n`);
    return previous === null ? null : describe(previous);
  });
  return { takenOverFrom, release: () => release(outDir, file, self) };
}

/** Who owns the store now, or null. Only looks: takes nothing, and makes no folder. */
export function liveOwner(outDir: string): Pick<Owner, 'host' | 'pid' | 'startedAt' | 'command'> | null {
  const owner = readOwner(path.join(outDir, 'lock.json'));
  if (owner === null || !isAlive(owner, currentProcess())) return null;
  const { host, pid, startedAt, command } = owner;
  return { host, pid, startedAt, command };
}

async function release(outDir: string, file: string, self: Owner): Promise<void> {
  await exclusively(outDir, () => {
    const owner = readOwner(file);
    if (owner === null || owner.startedAt !== self.startedAt || owner.pid !== self.pid) return;
    rmSync(file, { force: true });
    fsyncFolder(outDir);
  });
}

/** Reading, deciding and writing lock.json as one step: of two processes that find a dead owner, one takes over. */
async function exclusively<T>(outDir: string, action: () => T): Promise<T> {
  let unlock: () => Promise<void>;
  try {
    unlock = await lock(outDir, {
      lockfilePath: path.join(outDir, '.lock-mutex'),
      stale: 10_000,
      retries: { retries: 60, factor: 1.2, minTimeout: 20, maxTimeout: 500, randomize: true },
    });
  } catch (error) {
    throw new StoreError(
      `can't lock ${outDir} (${reasonOf(error)}): make it writable, or choose another folder with --out`,
      { cause: error },
    );
  }
  try {
    return action();
  } finally {
    await unlock();
  }
}

function readOwner(file: string): Owner | null {
  const owner = readJsonFile(file, ownerSchema);
  if (owner.found) return owner.value;
  if (owner.problem === null) return null;
  throw new StoreError(
    `${owner.problem} in ${path.dirname(file)}: if no vae-sweep runs there, delete ${file}`,
  );
}

/** On another host nothing can be known, so its owner counts as alive. */
function isAlive(owner: Owner, self: Owner): boolean {
  if (owner.host !== self.host) return true;
  if (owner.boot !== self.boot) return false;
  if (owner.processStart !== null) return processStart(owner.pid) === owner.processStart;
  try {
    process.kill(owner.pid, 0);
    return true;
  } catch (error) {
    return reasonOf(error) === 'EPERM';
  }
}

function currentProcess(): Owner {
  return {
    host: hostname(),
    pid: process.pid,
    boot: readProc('/proc/sys/kernel/random/boot_id'),
    processStart: processStart(process.pid),
    startedAt: new Date().toISOString(),
    command: process.argv.slice(1).join(' '),
  };
}

/** Null for a process that is gone, and for a dead one that only waits for its parent to ask. */
function processStart(pid: number): string | null {
  const stat = readProc(`/proc/${pid}/stat`);
  // Field 2, the command's name in parentheses, may hold anything; the fields after it begin with the state, field 3.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return null;
  return fields[22 - 3] ?? null;
}

function readProc(file: string): string | null {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return null;
  }
}

function busyError(outDir: string, file: string, owner: Owner): StoreBusyError {
  return new StoreBusyError(
    `${outDir} is in use by ${describe(owner)}: wait for it, stop it, or use another --out; ` +
      `if it is surely gone, delete ${file}`,
  );
}

function describe(owner: Owner): string {
  return `process ${owner.pid} on ${owner.host}, started ${owner.startedAt} (${owner.command})`;
}
