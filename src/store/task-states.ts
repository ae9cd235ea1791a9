import type { Task } from '../task/task.js';
import { namesIn } from './files.js';
import type { TaskState } from './task-folder.js';
import { readTaskState, taskFolder, tasksFolder } from './task-folder.js';

/** Returns the state of each task by id. Reads only folders that exist, so that a large new sweep costs nothing. */
export function readTaskStates(outDir: string, tasks: readonly Task[]): ReadonlyMap<string, TaskState> {
  const folders = new Set(namesIn(tasksFolder(outDir)));
  return new Map(
    tasks.map((task) => [
      task.id,
      folders.has(task.name) ? readTaskState(taskFolder(outDir, task), task.id) : { state: 'new' },
    ]),
  );
}

/** Returns the problem with the task, or null. */
export function problemOf(state: TaskState): string | null {
  if (state.state === 'failed') return state.failure.message;
  return state.state === 'corrupt' ? state.problem : null;
}
