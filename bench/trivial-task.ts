import { commitResults, prepareTaskFolder, TASK_FILES } from '../src/store/task-folder.js';
import type { Task } from '../src/task/task.js';

/** Writes empty files of a finished task with the same durable commits as a real task. */
export function finishTrivially(folder: string, id: string): void {
  const names = [TASK_FILES.steps, TASK_FILES.evaluations, TASK_FILES.samples, TASK_FILES.parameters];
  commitResults(folder, id, Object.fromEntries(names.map((name) => [name, Buffer.from(name)])));
}

/** Performs all disk operations of a task, from its folder to its marker. */
export function commitTrivially(folder: string, task: Task): void {
  prepareTaskFolder(folder, task);
  finishTrivially(folder, task.id);
}
