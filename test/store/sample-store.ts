import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { TaskFailure } from '../../src/task/outcome.js';
import {
  commitResults,
  markFailed,
  prepareTaskFolder,
  TASK_FILES,
  taskFolder,
} from '../../src/store/task-folder.js';
import type { Task } from '../../src/task/task.js';
import { checkpointBytes, sampleResults } from './sample-task.js';

/** Each function puts a task into a store like a run would, and returns its folder. */
export function begin(outDir: string, task: Task): string {
  return prepareTaskFolder(taskFolder(outDir, task), task);
}

export function finish(outDir: string, task: Task, text?: string): string {
  const folder = begin(outDir, task);
  commitResults(folder, task.id, sampleResults(text));
  return folder;
}

export function interrupt(outDir: string, task: Task, step: number): string {
  const folder = begin(outDir, task);
  writeFileSync(path.join(folder, TASK_FILES.checkpoint), checkpointBytes(step));
  return folder;
}

export function fail(outDir: string, task: Task, reason: TaskFailure['reason'] = 'error'): string {
  const folder = begin(outDir, task);
  markFailed(folder, {
    reason,
    message: `out of luck (${reason})`,
    step: null,
    lastFinite: null,
    attempts: 1,
  });
  return folder;
}
