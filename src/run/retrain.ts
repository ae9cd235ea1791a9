import { hash } from 'node:crypto';
import { markedHashes, TASK_FILES, taskFolder } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import type { Task } from '../task/task.js';
import type { RunOptions } from './run-sweep.js';
import { runSweep } from './run-sweep.js';
import { withTemporaryStore } from './temporary-store.js';

/** The result of training a finished task again. */
export interface Comparison {
  readonly task: Task;
  /** Names of the result files that differ from the store's. */
  readonly differing: readonly string[];
  /** Why the results can't be compared, or null. */
  readonly problem: string | null;
}

/** Returns `count` tasks at random: the same ones for the same seed, regardless of the order of the tasks. */
export function sampleTasks(tasks: readonly Task[], count: number, seed: number): Task[] {
  const rank = ({ id }: Task) => hash('sha256', `${seed} ${id}`);
  return tasks
    .map((task) => ({ task, rank: rank(task) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ task }) => task);
}

/**
 * Trains finished tasks again, in a temporary folder inside the store, and compares the SHA-256 of the results with the store's.
 * @returns null if a stop was requested
 */
export async function retrain(
  sweep: Pick<Sweep, 'name' | 'file'>,
  tasks: readonly Task[],
  options: RunOptions,
): Promise<Comparison[] | null> {
  const { outDir } = options;
  return withTemporaryStore(outDir, async (folder) => {
    const { interrupted, failed } = await runSweep({ ...sweep, tasks }, { ...options, outDir: folder });
    if (interrupted) return null;
    const failures = new Map(failed.map(({ task, failure }) => [task.id, failure.message]));
    return tasks.map((task) => {
      const problem = failures.get(task.id);
      if (problem !== undefined) return { task, differing: [], problem };
      return compare(task, taskFolder(outDir, task), taskFolder(folder, task));
    });
  });
}

function compare(task: Task, folder: string, again: string): Comparison {
  const [old, fresh] = [markedHashes(folder), markedHashes(again)];
  if (old === null) return { task, differing: [], problem: `the store no longer has its ${TASK_FILES.done}` };
  const names = [...new Set([...old.keys(), ...(fresh?.keys() ?? [])])];
  return { task, differing: names.filter((name) => old.get(name) !== fresh?.get(name)), problem: null };
}
