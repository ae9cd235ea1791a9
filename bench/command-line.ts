import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const ROOT = new URL('../../', import.meta.url);
const PEAK_EVERY_MS = 50;
const FILE_EVERY_MS = 5;

/** Returns the path of a file of this repository, for example `sweeps/table1-linear.yaml`. */
export function projectFile(name: string): string {
  return fileURLToPath(new URL(name, ROOT));
}

/** Runs `vae-sweep` in a separate process. @throws an Error with its standard error if it fails */
export async function runCommand(
  args: readonly string[],
  environment: Readonly<Record<string, string>> = {},
): Promise<{ elapsedMs: number; peakBytes: number }> {
  const start = performance.now();
  const child = startCommand(args, environment);
  let peakBytes = 0;
  const timer = setInterval(() => {
    peakBytes = Math.max(peakBytes, peakMemory(child.pid));
  }, PEAK_EVERY_MS);
  try {
    const [errors] = await Promise.all([text(child.stderr), once(child, 'exit')]);
    if (child.exitCode !== 0) throw new Error(`vae-sweep ${args.join(' ')} failed:\n${errors}`);
    return { elapsedMs: performance.now() - start, peakBytes };
  } finally {
    clearInterval(timer);
  }
}

/**
 * Runs `vae-sweep` until a file exists, then kills it.
 * @returns milliseconds until the file existed
 * @throws an Error with its standard error if it exits earlier
 */
export async function runCommandUntilFile(
  args: readonly string[],
  file: string,
  environment: Readonly<Record<string, string>>,
): Promise<number> {
  const start = performance.now();
  const child = startCommand(args, environment);
  const exit = Promise.all([text(child.stderr), once(child, 'exit')]);
  while (!existsSync(file)) {
    if (child.exitCode !== null) throw new Error(`vae-sweep ${args.join(' ')} exited:\n${(await exit)[0]}`);
    await setTimeout(FILE_EVERY_MS);
  }
  const elapsedMs = performance.now() - start;
  child.kill('SIGKILL');
  await exit;
  return elapsedMs;
}

function startCommand(args: readonly string[], environment: Readonly<Record<string, string>>) {
  return spawn(process.execPath, [projectFile('bin/vae-sweep.mjs'), ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, ...environment },
  });
}

/** Returns the sum of the peak resident memory of a process and its descendants, in bytes; 0 if /proc has no such process. */
function peakMemory(pid: number | undefined): number {
  try {
    const status = readFileSync(`/proc/${String(pid)}/status`, 'utf8');
    const children = readFileSync(`/proc/${String(pid)}/task/${String(pid)}/children`, 'utf8').trim();
    const own = Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
    const pids = children === '' ? [] : children.split(' ').map(Number);
    return pids.reduce((bytes, child) => bytes + peakMemory(child), own);
  } catch {
    return 0;
  }
}
