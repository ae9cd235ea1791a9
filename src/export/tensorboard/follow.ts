import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { StoreError } from '../../errors.js';
import { readJsonFile } from '../../store/files.js';
import { readTaskState, TASK_FILES, taskFolder } from '../../store/task-folder.js';
import { taskRecordSchema } from '../../store/task-record.js';
import { experimentOf } from '../../task/registry.js';
import type { EventsRequest } from './protocol.js';

const LOOK_EVERY_MS = 2_000;

/** Writes event files of tasks as they get done, until the signal; then of those that are done by then. */
export async function followTasks(
  { outDir, eventsDir, names }: EventsRequest,
  ended: AbortSignal,
  onProblem: (problem: string) => void,
): Promise<void> {
  let waiting = [...names];
  for (let isLast = false; !isLast;) {
    isLast = ended.aborted;
    const left: string[] = [];
    for (const name of waiting) if (!(await writeIfDone(outDir, eventsDir, name, onProblem))) left.push(name);
    waiting = left;
    if (!isLast) await delay(LOOK_EVERY_MS, undefined, { signal: ended }).catch(() => undefined);
  }
}

/** @returns whether there is nothing more to do for the task */
async function writeIfDone(
  outDir: string,
  eventsDir: string,
  name: string,
  onProblem: (problem: string) => void,
): Promise<boolean> {
  const folder = taskFolder(outDir, { name });
  const record = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  if (!record.found) return false;
  const task = record.value;
  if (experimentOf(task.settings).unit !== 'step') return true;
  if (readTaskState(folder, task.id).state !== 'done') return false;
  try {
    // TensorFlow takes hundreds of megabytes: not before there is something to write.
    const { writeEvents } = await import('./write-events.js');
    writeEvents(eventsDir, folder, task);
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
    onProblem(error.message);
  }
  return true;
}
