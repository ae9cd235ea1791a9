import { trajectoryKey } from '../task/identity.js';
import type { Task } from '../task/task.js';
import { readAttempts, recordedMarker } from './attempts.js';
import { recordProblem } from './import-task.js';
import {
  damagedFiles,
  readMarker,
  TASK_FILES,
  taskFolder,
  verifyTask,
  type TaskState,
} from './task-folder.js';

/** A problem with a task's files, and what restores them. */
export interface Damage {
  readonly task: Task;
  readonly problem: string;
  /**
   * `record`: `task.json` follows from the sweep file. `marker`: `run.json` has a copy of `done.json`, and all results have its
   * SHA-256. `samples`: the last evaluation, from the parameters. `execution`: nothing but executing the task again.
   */
  readonly remedy: 'record' | 'marker' | 'samples' | 'execution';
}

/** Returns the state of a task and the damage to its files. An unfinished task has none unless it is corrupt. */
export function inspectTask(
  outDir: string,
  task: Task,
): { readonly state: TaskState; readonly damage: Damage | null } {
  const folder = taskFolder(outDir, task);
  const state = verifyTask(folder, task.id);
  return { state, damage: damageOf(folder, task, state) };
}

function damageOf(folder: string, task: Task, state: TaskState): Damage | null {
  if (state.state === 'done') {
    const problem = recordProblem(folder, task);
    return problem === null ? null : { task, problem, remedy: 'record' };
  }
  if (state.state !== 'corrupt' && state.state !== 'new') return null;
  const problem = state.state === 'corrupt' ? state.problem : `${TASK_FILES.done} is missing`;
  if (recordedMarker(folder, task.id) !== null) return { task, problem, remedy: 'marker' };
  if (state.state === 'corrupt')
    return { task, problem, remedy: lacksOnlySamples(folder, task) ? 'samples' : 'execution' };
  if (readAttempts(folder).at(-1)?.marker === undefined) return null;
  return {
    task,
    problem: `${problem}, and ${TASK_FILES.run} does not match the results`,
    remedy: 'execution',
  };
}

/** Whether the points of the last evaluation are the only damaged file, and the state to evaluate is stored. */
function lacksOnlySamples(folder: string, task: Task): boolean {
  const marker = readMarker(folder);
  if (marker?.id !== task.id || trajectoryKey(task) === null) return false;
  return damagedFiles(folder, marker).every((name) => name === TASK_FILES.samples);
}
