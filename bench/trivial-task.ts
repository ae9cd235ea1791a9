import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { markDone, prepareTaskFolder, TASK_FILES } from '../src/store/task-folder.js';
import type { Task } from '../src/sweep/task.js';

/** What a finished task leaves, with no content in its files, by the same durable commits. */
export function finishTrivially(folder: string, id: string): void {
  for (const name of ['steps', 'evaluations', 'samples', 'parameters'] as const) {
    writeFileSync(path.join(folder, TASK_FILES[name]), name);
  }
  markDone(folder, id);
}

/** All that a task costs the disk, from its folder to its marker. */
export function commitTrivially(folder: string, task: Task): void {
  prepareTaskFolder(folder, task);
  finishTrivially(folder, task.id);
}
