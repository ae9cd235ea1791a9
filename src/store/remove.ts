import { lstatSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { StoreError } from '../errors.js';
import { fsyncFolder, isMissing, reasonOf } from './files.js';
import { REMOVED_SUFFIX } from './inventory.js';
import { tasksFolder } from './task-folder.js';

/**
 * Deletes these folders of `<out>/tasks`. All are first durably renamed, so that they are no longer taken for tasks, and then removed:
 * after a crash a task is either complete or gone. The caller must hold the store's lock.
 * @param lost stops the deletion when the lock is lost
 */
export async function removeFolders(
  outDir: string,
  names: readonly string[],
  lost: AbortSignal,
): Promise<void> {
  const tasks = tasksFolder(outDir);
  if (names.length === 0) return;
  names.forEach((name) => {
    assertSafeToDelete(tasks, name);
  });
  lost.throwIfAborted();
  const leaving = names.map((name) => markForRemoval(tasks, name));
  fsyncFolder(tasks);
  for (const folder of leaving) {
    // Yield to the event loop, so that the lock's heartbeat can run.
    await nextTurn();
    lost.throwIfAborted();
    remove(folder);
  }
  fsyncFolder(tasks);
}

/** Throws if the name is a path or a symbolic link, which could lead out of the store. */
function assertSafeToDelete(tasks: string, name: string): void {
  if (name !== path.basename(name) || name === '' || name === '.' || name === '..')
    throw new StoreError(`can't delete ${JSON.stringify(name)}: it is not the name of a folder in ${tasks}`);
  const folder = path.join(tasks, name);
  if (lstatSync(folder, { throwIfNoEntry: false })?.isDirectory() === false)
    throw new StoreError(`can't delete ${folder}: it is not a folder; delete it yourself`);
}

function markForRemoval(tasks: string, name: string): string {
  const folder = path.join(tasks, name);
  const leaving = `${folder}${REMOVED_SUFFIX}`;
  remove(leaving);
  try {
    renameSync(folder, leaving);
  } catch (error) {
    if (!isMissing(error)) throw failure(folder, error);
  }
  return leaving;
}

function remove(folder: string): void {
  try {
    rmSync(folder, { recursive: true, force: true });
  } catch (error) {
    throw failure(folder, error);
  }
}

function failure(folder: string, error: unknown): StoreError {
  return new StoreError(
    `can't delete ${folder} (${reasonOf(error)}): make it writable, then run the same command again`,
    { cause: error },
  );
}
