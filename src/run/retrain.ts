import { hash } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { readStoreOwner } from '../store/lock.js';
import { markedHashes, TASK_FILES, taskFolder } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import type { Task } from '../task/task.js';
import type { RunOptions } from './run-sweep.js';
import { runSweep } from './run-sweep.js';

/** A finished task that was trained once more. */
export interface Comparison {
  readonly task: Task;
  /** Result files whose bytes are not those of the store's. */
  readonly differing: readonly string[];
  /** Why there is nothing to compare, or null. */
  readonly problem: string | null;
}

const FOLDER_PREFIX = 'verify-';

/** So many of the tasks, the same ones for the same seed. */
export function drawTasks(tasks: readonly Task[], count: number, seed: number): Task[] {
  const rank = ({ id }: Task) => hash('sha256', `${seed} ${id}`);
  return tasks
    .map((task) => ({ task, rank: rank(task) }))
    .sort((a, b) => (a.rank < b.rank ? -1 : 1))
    .slice(0, count)
    .map(({ task }) => task);
}

/**
 * Trains finished tasks again, in a folder on the store's disk that is gone afterwards, and compares the results' SHA-256 with
 * the store's. Null if a stop was asked for.
 */
export async function retrain(
  sweep: Pick<Sweep, 'name' | 'file'>,
  tasks: readonly Task[],
  options: RunOptions,
): Promise<Comparison[] | null> {
  const { outDir } = options;
  removeLeftOvers(outDir);
  const folder = mkdtempSync(path.join(outDir, FOLDER_PREFIX));
  const remove = (): void => {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  // A second Ctrl-C exits at once.
  process.on('exit', remove);
  try {
    const { interrupted, failed } = await runSweep({ ...sweep, tasks }, { ...options, outDir: folder });
    if (interrupted) return null;
    const failures = new Map(failed.map(({ task, failure }) => [task.id, failure.message]));
    return tasks.map((task) => {
      const problem = failures.get(task.id);
      if (problem !== undefined) return { task, differing: [], problem };
      return compare(task, taskFolder(outDir, task), taskFolder(folder, task));
    });
  } finally {
    process.off('exit', remove);
    remove();
  }
}

function compare(task: Task, folder: string, again: string): Comparison {
  const [old, fresh] = [markedHashes(folder), markedHashes(again)];
  if (old === null)
    return { task, differing: [], problem: `there is no ${TASK_FILES.done} in the store any more` };
  const names = [...new Set([...old.keys(), ...(fresh?.keys() ?? [])])];
  return { task, differing: names.filter((name) => old.get(name) !== fresh?.get(name)), problem: null };
}

/** Of one that was killed: its lock is there, and its process is not. */
function removeLeftOvers(outDir: string): void {
  for (const name of readdirSync(outDir)) {
    const folder = path.join(outDir, name);
    if (name.startsWith(FOLDER_PREFIX) && readStoreOwner(folder)?.isAlive === false)
      rmSync(folder, { recursive: true, force: true });
  }
}
