import { mkdirSync, rmdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { wrapStoreErrors } from '../../store/files.js';
import type { Task } from '../../task/task.js';

/** The folder of a store with tasks that are being downloaded from a bucket. */
const INCOMING = 'incoming';

/** Removes leftovers of commands that were killed during a download. The caller must hold the store's lock. */
export function clearIncoming(outDir: string): void {
  removeFolder(path.join(outDir, INCOMING));
}

/** Runs the action with an empty folder inside the store, which is removed afterwards. */
export async function withIncomingFolder<T>(
  outDir: string,
  { name }: Pick<Task, 'name'>,
  action: (folder: string) => Promise<T>,
): Promise<T> {
  const folder = path.join(path.resolve(outDir), INCOMING, name);
  removeFolder(folder);
  wrapStoreErrors(`create the folder ${folder}`, () => mkdirSync(folder, { recursive: true }));
  try {
    return await action(folder);
  } finally {
    removeFolder(folder);
    removeIfEmpty(path.dirname(folder));
  }
}

/** Removes the folder unless other downloads are using it. */
function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // The last download removes it.
  }
}

function removeFolder(folder: string): void {
  wrapStoreErrors(`delete ${folder}`, () => {
    rmSync(folder, { recursive: true, force: true });
  });
}
