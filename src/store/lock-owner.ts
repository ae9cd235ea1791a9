import { createHash } from 'node:crypto';
import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { z } from 'zod';
import { reasonOf } from './files.js';

export const ownerSchema = z.object({
  /** Identifies this acquisition of the lock. */
  nonce: z.string(),
  host: z.string(),
  /** A hash of the operating system's machine id, which stays the same across reboots. */
  machine: z.string().nullable(),
  pid: z.int(),
  /**
   * The kernel's ids of this boot and of the PID namespace of `pid`, and the start of the process in clock ticks since the boot. Null on
   * systems without /proc.
   */
  boot: z.string().nullable(),
  pidNamespace: z.string().nullable(),
  processStart: z.string().nullable(),
  /** The start time in ISO 8601, for people only: no decision depends on it. */
  startedAt: z.string(),
  command: z.string(),
  /** Whether the owner has released the lock. */
  released: z.boolean(),
});

export type Owner = z.infer<typeof ownerSchema>;

export type ProcessIdentity = Pick<
  Owner,
  'host' | 'machine' | 'pid' | 'boot' | 'pidNamespace' | 'processStart'
>;

/** `unknown` means that this process can't see the owner: only a heartbeat can show that it is alive. */
export type Liveness = 'alive' | 'gone' | 'unknown';

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
 * Returns whether the owner is alive. Host names alone prove nothing: containers on one host have their own PID namespaces, and
 * machines may share a name. The result is `unknown` unless the owner is in the same PID namespace of the same kernel, or ran before
 * a reboot of this machine.
 */
export function livenessOf(owner: Owner, self: ProcessIdentity): Liveness {
  if (owner.host !== self.host) return 'unknown';
  if (owner.boot !== self.boot)
    return owner.machine !== null && owner.machine === self.machine ? 'gone' : 'unknown';
  if (owner.pidNamespace !== self.pidNamespace) return 'unknown';
  const start = processStart(owner.pid);
  if (owner.processStart !== null && start !== null) return start === owner.processStart ? 'alive' : 'gone';
  const reason = signalError(owner.pid);
  // With /proc, the process is gone, a zombie, or another user's and hidden by /proc (mount option hidepid).
  if (owner.processStart !== null) return reason === 'EPERM' ? 'unknown' : 'gone';
  return reason === null || reason === 'EPERM' ? 'alive' : 'gone';
}

/** Returns a description for people, for example `process 12 on host, started 2026-01-01T00:00:00.000Z (run sweep.yaml)`. */
export function describe(owner: Owner): string {
  return `process ${owner.pid} on ${owner.host}, started ${owner.startedAt} (${owner.command})`;
}

/** Returns the command line of this process without secrets: user names and passwords in URLs, and the paths of the URLs of webhooks. */
export function commandLine(args: readonly string[] = process.argv.slice(1)): string {
  return args
    .map((arg, index) => {
      const isWebhook = arg.startsWith('--notify=') || args[index - 1] === '--notify';
      const shown = isWebhook ? arg.replace(/(:\/\/[^/?#]*).*/, '$1/...') : arg;
      return shown.replaceAll(/(\/\/)[^/]*@/g, '$1');
    })
    .join(' ');
}

/** Returns the line to show while an owner's heartbeat is being watched. */
export function watchText(outDir: string, owner: string, leaseMs: number): string {
  return `${outDir} was last used by ${owner}: waiting up to ${leaseMs / 1000} s for its heartbeat`;
}

/** Returns the line to show after taking over the store from an owner that is gone. */
export function takeoverText(owner: string): string {
  return `took over the store from ${owner}, which is no longer running`;
}

/** Returns null for a process that is gone, and for a zombie (dead, but not yet reaped by its parent). */
function processStart(pid: number): string | null {
  const stat = readText(`/proc/${pid}/stat`);
  // Field 2, the command's name in parentheses, may contain anything. The fields after it start with the state, field 3.
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields === undefined || fields[0] === 'Z' || fields[0] === 'X') return null;
  return fields[22 - 3] ?? null;
}

/** Returns why a signal can't be sent to the process, or null if it can. */
function signalError(pid: number): string | null {
  try {
    process.kill(pid, 0);
    return null;
  } catch (error) {
    return reasonOf(error);
  }
}

/** Returns a hash of the machine id, because the id itself must not be exposed (machine-id(5)). */
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
