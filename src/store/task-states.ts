import { readdirSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../errors.js';
import type { Task } from '../sweep/task.js';
import { isMissing, reasonOf } from './files.js';
import type { TaskState } from './task-folder.js';
import { readTaskState, taskFolder } from './task-folder.js';

/** The state of each task, by id. Looks only into folders that exist, so that a large sweep not yet begun costs nothing. */
export function readTaskStates(outDir: string, tasks: readonly Task[]): ReadonlyMap<string, TaskState> {
  const folders = new Set(namesIn(path.resolve(outDir, 'tasks')));
  return new Map(
    tasks.map((task) => [
      task.id,
      folders.has(task.name) ? readTaskState(taskFolder(outDir, task), task.id) : { state: 'new' },
    ]),
  );
}

/** Empty if there is no such folder. */
export function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (isMissing(error)) return [];
    throw new StoreError(
      `can't list ${folder} (${reasonOf(error)}): make it readable, or choose another folder with --out`,
      { cause: error },
    );
  }
}
