import { readdirSync, readFileSync } from 'node:fs';

/** Resident memory of a process in bytes, on Linux; 0 where the system does not report it. */
export function residentBytesOf(pid: number): number {
  const status = readIfThere(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Resident memory of a process and its descendants. Pages that they share count once for each of them. */
export function residentBytesOfTree(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + residentBytesOfTree(child), residentBytesOf(pid));
}

/** Each thread has its own list of the processes that it has started. */
function childrenOf(pid: number): number[] {
  return threadsOf(pid).flatMap((thread) =>
    readIfThere(`/proc/${pid}/task/${thread}/children`).split(' ').filter(Boolean).map(Number),
  );
}

function threadsOf(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch {
    return [];
  }
}

/** A process may end at any time. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
