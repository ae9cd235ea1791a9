import { appendFileSync, readdirSync, readFileSync } from 'node:fs';

/** What a process and its descendants hold at one moment. */
export interface Resources {
  readonly memoryMb: number;
  readonly openFiles: number;
  readonly threads: number;
  /** Files and folders in the temporary folder of the processes. */
  readonly temporaryEntries: number;
}

export const RESOURCES = ['memoryMb', 'openFiles', 'threads', 'temporaryEntries'] as const;

const startMs = performance.now();

/** Prints a line at once, so that a test that takes hours shows its progress. */
export function printFigure(line: string): void {
  const minutes = ((performance.now() - startMs) / 60_000).toFixed(1);
  process.stdout.write(`# ${minutes} min: ${line}\n`);
}

/** Prints a figure of a run that succeeded, and appends it to the file that `npm run test:soak` prints at its end. */
export function reportResult(line: string): void {
  printFigure(line);
  const file = process.env['VAE_SWEEP_FIGURES'];
  if (file !== undefined) appendFileSync(file, `${line}\n`);
}

/** Returns the sum over the process and its descendants. Those that exit meanwhile count as nothing. */
export function resourcesOf(pid: number, temporaryFolder: string): Resources {
  const pids = [pid, ...descendantsOf(pid)];
  return {
    memoryMb: Math.round(sum(pids, memoryMb)),
    openFiles: sum(pids, (each) => readdirSync(`/proc/${each}/fd`).length),
    threads: sum(pids, (each) => readdirSync(`/proc/${each}/task`).length),
    temporaryEntries: readdirSync(temporaryFolder).length,
  };
}

/** Returns the ids of the process's children. */
export function childrenOf(pid: number): number[] {
  const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim();
  return text === '' ? [] : text.split(' ').map(Number);
}

function descendantsOf(pid: number): number[] {
  return orElse([], () => childrenOf(pid).flatMap((child) => [child, ...descendantsOf(child)]));
}

function memoryMb(pid: number): number {
  const [, kilobytes = ''] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kilobytes) / 1000;
}

function sum(pids: readonly number[], valueOf: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + orElse(0, () => valueOf(pid)), 0);
}

function orElse<T>(other: T, read: () => T): T {
  try {
    return read();
  } catch {
    return other;
  }
}
