import { readdirSync, readFileSync } from 'node:fs';

/** Returns the resident memory of a process in bytes, on Linux; 0 if the system does not report it. */
export function residentBytesOf(pid: number): number {
  const status = readIfThere(`/proc/${pid}/status`);
  return Number(/^VmRSS:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) * 1024;
}

/** Returns the resident memory of a process and its descendants in bytes. Shared pages count once for each process. */
export function residentBytesOfTree(pid: number): number {
  return childrenOf(pid).reduce((sum, child) => sum + residentBytesOfTree(child), residentBytesOf(pid));
}

/** Returns the children of a process. Each thread has its own list of the processes that it has started. */
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

/** Returns the text of the file, or an empty string if it does not exist, because the process may end at any time. */
function readIfThere(file: string): string {
  try {
    return readFileSync(file, 'utf8').trim();
  } catch {
    return '';
  }
}
