import { commitResults, prepareTaskFolder, TASK_FILES } from '../src/store/task-folder.js';
import type { Task } from '../src/task/task.js';

/** What a finished task leaves, with no content in its files, by the same durable commits. */
export function finishTrivially(folder: string, id: string): void {
  const names = [TASK_FILES.steps, TASK_FILES.evaluations, TASK_FILES.samples, TASK_FILES.parameters];
  commitResults(folder, id, Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
}

/** All that a task costs the disk, from its folder to its marker. */
export function commitTrivially(folder: string, task: Task): void {
  prepareTaskFolder(folder, task);
  finishTrivially(folder, task.id);
}
