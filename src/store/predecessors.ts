import path from 'node:path';
import { stepsOf } from '../task/cost.js';
import { trajectoryKey } from '../task/identity.js';
import type { Predecessor } from '../task/protocol.js';
import type { Task } from '../task/task.js';
import { namesIn, readJsonFile } from './files.js';
import { taskRecordSchema } from './task-record.js';
import { tasksFolder, readTaskState, TASK_FILES, taskFolder, type TaskState } from './task-folder.js';

/** The length of the `-` and the 16 digits at the end of a folder's name. */
const ID_LENGTH = 17;

interface Candidate extends Predecessor {
  readonly trajectory: string;
}

/**
 * Finds the predecessor of each task without a checkpoint: the finished task with the most steps that it can continue from. Reads each
 * record once, and states only of tasks with fitting steps and trajectory.
 * @returns the predecessors by the ids of their successors
 */
export function findPredecessors(
  outDir: string,
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
): ReadonlyMap<string, Predecessor> {
  const folders = byReadablePart(namesIn(tasksFolder(outDir)));
  const candidates = new Map<string, readonly Candidate[]>();
  const found = new Map<string, Predecessor>();
  for (const task of tasks) {
    const part = readablePart(task.name);
    const names = folders.get(part);
    if (names === undefined || !hasNoCheckpoint(states.get(task.id))) continue;
    const trajectory = trajectoryKey(task);
    if (trajectory === null) continue;
    const known = candidates.get(part) ?? readCandidates(outDir, names);
    candidates.set(part, known);
    const steps = stepsOf(task.settings);
    const best = known.find((each) => each.steps < steps && each.trajectory === trajectory && isDone(each));
    if (best !== undefined) found.set(task.id, { id: best.id, folder: best.folder, steps: best.steps });
  }
  return found;
}

function hasNoCheckpoint(state: TaskState | undefined): boolean {
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

/** Returns the candidates, those with the most steps first. */
function readCandidates(outDir: string, names: readonly string[]): readonly Candidate[] {
  const candidates = names.flatMap((name): Candidate[] => {
    const folder = taskFolder(outDir, { name });
    const record = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
    if (!record.found) return [];
    const { id, settings } = record.value;
    const trajectory = trajectoryKey(record.value);
    return trajectory === null ? [] : [{ id, folder, steps: stepsOf(settings), trajectory }];
  });
  return candidates.sort((a, b) => b.steps - a.steps);
}

function isDone({ folder, id }: Predecessor): boolean {
  return readTaskState(folder, id).state === 'done';
}
