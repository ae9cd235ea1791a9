import path from 'node:path';
import { stepsOf } from '../task/cost.js';
import { trajectoryOf } from '../task/identity.js';
import type { Predecessor } from '../task/protocol.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { namesIn, readJsonFile } from './files.js';
import { taskRecordSchema } from './task-record.js';
import { tasksFolder, readTaskState, TASK_FILES, taskFolder, type TaskState } from './task-folder.js';

/** The `-` and the 16 digits at the end of a folder's name. */
const ID_LENGTH = 17;

/** For each task without a checkpoint, by id, the finished one with the most steps that it can go on from, where there is one. */
export function findPredecessors(
  outDir: string,
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
): ReadonlyMap<string, Predecessor> {
  const folders = byReadablePart(namesIn(tasksFolder(outDir)));
  const found = new Map<string, Predecessor>();
  for (const task of tasks) {
    if (experimentOf(task.settings).continuation === null || !isUnbegun(states.get(task.id))) continue;
    const names = folders.get(readablePart(task.name)) ?? [];
    const [best] = names.flatMap((name) => candidate(outDir, name, task)).sort((a, b) => b.steps - a.steps);
    if (best !== undefined) found.set(task.id, best);
  }
  return found;
}

function isUnbegun(state: TaskState | undefined): boolean {
  return state?.state === 'new' || (state?.state === 'failed' && state.step === null);
}

function byReadablePart(names: readonly string[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const name of names) {
    const part = readablePart(name);
    const group = groups.get(part);
    if (group === undefined) groups.set(part, [name]);
    else group.push(name);
  }
  return groups;
}

function readablePart(name: string): string {
  return name.slice(0, -ID_LENGTH);
}

function candidate(outDir: string, name: string, task: Task): Predecessor[] {
  const folder = taskFolder(outDir, { name });
  const file = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  if (!file.found) return [];
  const { id, settings } = file.value;
  const steps = stepsOf(settings);
  const isShorter = steps < stepsOf(task.settings);
  const isSame = trajectoryOf(file.value) === trajectoryOf(task);
  if (!isShorter || !isSame || readTaskState(folder, id).state !== 'done') return [];
  return [{ id, folder, steps }];
}
