import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { wrapStoreErrors } from '../../store/files.js';
import type { Task } from '../../task/task.js';

/** In a store: what is on its way from a bucket, a folder a task. */
const INCOMING = 'incoming';

/** Removes what a command that was killed left on its way. Its caller holds the store's lock. */
export function clearArrivals(outDir: string): void {
  removeFolder(path.join(outDir, INCOMING));
}

/** Does it with an empty folder of the store, which is removed afterwards. */
export async function withArrival<T>(
  outDir: string,
  { name }: Pick<Task, 'name'>,
  action: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = path.join(path.resolve(outDir), INCOMING, name);
  removeFolder(folder);
  wrapStoreErrors(`make the folder ${folder}`, () => mkdirSync(folder, { recursive: true }));
  try {
    return await action(folder);
  } finally {
    removeFolder(folder);
    removeIfEmpty(path.dirname(folder));
  }
}

/** Others may be on their way. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It stays.
  }
}

function removeFolder(folder: string): void {
  wrapStoreErrors(`delete ${folder}`, () => {
    rmSync(folder, { recursive: true, force: true });
  });
}
