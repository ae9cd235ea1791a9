import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { reasonOf } from './files.js';

export const ownerSchema = z.object({
  /** Identifies this one acquisition of the lock. */
  nonce: z.string(),
  host: z.string(),
  /** A hash of the id of the system's installation, which outlives its boots. */
  machine: z.string().nullable(),
  pid: z.int(),
  /**
   * The kernel's ids of this boot and of the numbering of processes that `pid` is in, and the process's start in clock ticks since
   * the boot. Null where the system has no /proc.
   */
  boot: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  processStart: z.string().nullable(),
  /** ISO 8601. For people: nothing is decided by it. */
  startedAt: z.string(),
  command: z.string(),
  /** Whether the owner has given the lock back. */
  released: z.boolean(),
});

export type Owner = z.infer<typeof ownerSchema>;

export type ProcessIdentity = Pick<
  Owner,
  'host' | 'machine' | 'pid' | 'boot' | 'pidNamespace' | 'processStart'
>;

/** `unknown`: this process can't see the owner; only its heartbeat can show whether it lives. */
export type Life = 'alive' | 'gone' | 'unknown';

export function currentProcess(): ProcessIdentity {
  return {
    host: hostname(),
    machine: machineHash(),
    pid: process.pid,
    boot: readText('/proc/sys/kernel/random/boot_id'),
    pidNamespace: orNull(() => readlinkSync('/proc/self/ns/pid')),
    processStart: processStart(process.pid),
  };
}

/**
 * Host names alone are no proof: containers of one host have process numbers of their own, and machines may share a name. What is
 * neither the same kernel and numbering nor an earlier boot of this machine is unknown.
 */
export function lifeOf(owner: Owner, self: ProcessIdentity): Life {
  if (owner.host !== self.host) return 'unknown';
  if (owner.boot !== self.boot)
    return owner.machine !== null && owner.machine === self.machine ? 'gone' : 'unknown';
  if (owner.pidNamespace !== self.pidNamespace) return 'unknown';
  const start = processStart(owner.pid);
  if (owner.processStart !== null && start !== null) return start === owner.processStart ? 'alive' : 'gone';
  const reason = reasonAgainstSignal(owner.pid);
  // With /proc: gone, dead and not yet asked for by its parent, or another user's that /proc hides (mount option hidepid).
  if (owner.processStart !== null) return reason === 'EPERM' ? 'unknown' : 'gone';
  return reason === null || reason === 'EPERM' ? 'alive' : 'gone';
}

export function describe(owner: Owner): string {
  return `process ${owner.pid} on ${owner.host}, started ${owner.startedAt} (${owner.command})`;
}

/** The command of this process, without what a URL in it has before its host: its password. */
export function commandLine(args: readonly string[] = process.argv.slice(1)): string {
  return args.map((arg) => arg.replaceAll(/(\/\/)[^/]*@/g, '$1')).join(' ');
}

/** The line to show while an owner's heartbeat is watched. */
export function watchText(outDir: string, owner: string, leaseMs: number): string {
  return `${outDir} was last used by ${owner}: looking for a sign of life of it, for up to ${leaseMs / 1000} s`;
}

/** Returns the line to show after taking over the store from an owner that is gone. */
export function takeoverText(owner: string): string {
  return `took over the store from ${owner}, which is no longer running`;
}

/** Returns null for a process that is gone, and for a zombie (dead, but not yet reaped by its parent). */
function processStart(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  // Field 2, the command's name in parentheses, may hold anything; the fields after it begin with the state, field 3.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return null;
  return fields[22 - 3] ?? null;
}

function reasonAgainstSignal(pid: number): string | null {
  try {
    process.kill(pid, 0);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** systemd asks that the id itself be shown to nobody (machine-id(5)). */
function machineHash(): string | null {
  const id = readText('/etc/machine-id');
  if (id === null || !/^[0-9a-f]{32}$/.test(id)) return null;
  return createHash('sha256').update(`vae-sweep ${id}`).digest('hex').slice(0, 32);
}

function readText(file: string): string | null {
  return orNull(() => readFileSync(file, 'utf8').trim());
}

function orNull(read: () => string): string | null {
  try {
    return read();
  } catch {
    return null;
  }
}
