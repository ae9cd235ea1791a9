import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../../errors.js';
import { readJsonFile } from '../../store/files.js';
import { readTaskState, TASK_FILES, taskFolder } from '../../store/task-folder.js';
import { taskRecordSchema } from '../../store/task-record.js';
import { experimentOf } from '../../task/registry.js';
import type { Task } from '../../task/task.js';
import type { EventsRequest } from './protocol.js';

const POLL_EVERY_MS = 2_000;

/**
 * Writes the event files of tasks as they finish, until the signal aborts, and then those of the remaining done tasks.
 * @param waiting the names of the tasks' folders. Others may be added; a name is deleted once its event file is written.
 */
export async function followTasks(
  { outDir, eventsDir }: Omit<EventsRequest, 'names'>,
  waiting: Set<string>,
  ended: AbortSignal,
  onProblem: (problem: string) => void,
): Promise<void> {
  /** The tasks by name, cached because a task's record never changes. */
  const tasks = new Map<string, Task>();
  for (let isLast = false; !isLast;) {
    isLast = ended.aborted;
    for (const name of waiting) {
      const folder = taskFolder(outDir, { name });
      const task = tasks.get(name) ?? readTask(folder);
      if (task === null) continue;
      tasks.set(name, task);
      if (await writeIfDone(eventsDir, folder, task, onProblem)) waiting.delete(name);
    }
    if (!isLast) await delay(POLL_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** Returns the task of a folder; null if it has not started. */
function readTask(folder: string): Task | null {
  const record = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  return record.found ? record.value : null;
}

/** @returns whether there is nothing more to do for the task */
async function writeIfDone(
  eventsDir: string,
  folder: string,
  task: Task,
  onProblem: (problem: string) => void,
): Promise<boolean> {
  if (experimentOf(task.settings).unit !== 'step') return true;
  if (readTaskState(folder, task.id).state !== 'done') return false;
  try {
    // Load TensorFlow, which takes hundreds of megabytes, only when there is something to write.
    const { writeEvents } = await import('./write-events.js');
    writeEvents(eventsDir, folder, task);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    onProblem(error.message);
  }
  return true;
}
