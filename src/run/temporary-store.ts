import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readStoreOwner } from '../store/lock.js';

const FOLDER_PREFIX = 'verify-';

/** Calls the action with the path of an empty store inside the store, and deletes that store afterwards. */
export async function withTemporaryStore<T>(
  outDir: string,
  action: (temporary: string) => Promise<T>,
): Promise<T> {
  removeLeftovers(outDir);
  const folder = mkdtempSync(path.join(outDir, FOLDER_PREFIX));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  // A second Ctrl-C exits immediately, without running `finally`.
  process.on('exit', remove);
  try {
    return await action(folder);
  } finally {
    process.off('exit', remove);
    remove();
  }
}

/** Removes the temporary folders of commands that were killed: their lock exists, but their process does not. */
function removeLeftovers(outDir: string): void {
  for (const name of readdirSync(outDir)) {
    const folder = path.join(outDir, name);
    if (name.startsWith(FOLDER_PREFIX) && readStoreOwner(folder)?.isAlive === false)
      rmSync(folder, { recursive: true, force: true });
  }
}
