import { existsSync, lstatSync, rmSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Task } from '../task/task.js';
import { wrapStoreErrors, makeFolder } from './files.js';
import { importTask, recordProblem } from './import-task.js';
import { listStore, type StoreEntry } from './inventory.js';
import { decide, type Decision, type Found } from './merge-decision.js';
import { markedHashes, TASK_FILES, tasksFolder, verifyTask, type TaskState } from './task-folder.js';

export interface MergeOptions {
  /** The store that the others are merged into. */
  readonly outDir: string;
  /** Whether to decide without copying. */
  readonly dryRun: boolean;
  /** Stops the merge after the current task when it aborts. */
  readonly signal: AbortSignal;
  /** Called with the number of entries of the stores, before the first one is read. */
  readonly onCount: (total: number) => void;
  /** Called after each entry. */
  readonly onEntry: () => void;
}

/** The outcome of an entry of a source store, actual or in a dry run. */
export interface Merged {
  /** The source store's folder, as the user gave it. */
  readonly from: string;
  readonly name: string;
  readonly decision: Decision;
  /** Null if the entry is not recognized as a task. */
  readonly task: Task | null;
  /** Its state in the source store. */
  readonly state: TaskState;
  readonly bytes: number;
}

/**
 * Merges the tasks of other stores into `outDir`, one by one, and checks each before and after it is copied. Unless it is a dry run,
 * the caller must hold the lock of `outDir`.
 */
export async function mergeStores(sources: readonly string[], options: MergeOptions): Promise<Merged[]> {
  const { outDir, dryRun, signal } = options;
  const tasks = tasksFolder(outDir);
  if (!dryRun) prepareMerge(outDir);
  const items = sources.flatMap((from) =>
    listStore(from)
      .filter(({ kind }) => kind === 'task' || kind === 'foreign')
      .map((entry) => ({ from, entry })),
  );
  /** In a dry run, the folders of tasks that would have been copied so far, by name. */
  const planned = new Map<string, string>();
  const merged: Merged[] = [];
  options.onCount(items.length);
  for (const { from, entry } of items) {
    // Yield to the event loop, so that the lock's heartbeat and signal handlers can run.
    await nextTurn();
    if (signal.aborted) break;
    const item = inspect(from, entry, planned.get(entry.name) ?? path.join(tasks, entry.name));
    if (dryRun && item.decision.type === 'copy')
      planned.set(entry.name, path.join(tasksFolder(from), entry.name));
    merged.push(dryRun ? item : perform(item, tasks));
    options.onEntry();
  }
  return merged;
}

/** Removes leftovers of interrupted merges and deletions. */
export function prepareMerge(outDir: string): void {
  const tasks = tasksFolder(outDir);
  for (const folder of [outDir, tasks]) makeFolder(folder);
  for (const { name } of listStore(outDir).filter(({ kind }) => kind === 'merging' || kind === 'removed'))
    wrapStoreErrors(`delete ${path.join(tasks, name)}`, () => {
      rmSync(path.join(tasks, name), { recursive: true, force: true });
    });
}

function inspect(from: string, entry: StoreEntry, target: string): Merged {
  const { name, bytes } = entry;
  if (entry.kind !== 'task') {
    const problem = entry.kind === 'foreign' ? entry.problem : entry.kind;
    const state = { state: 'corrupt', problem } as const;
    return { from, name, decision: { type: 'corrupt', problem }, task: null, state, bytes };
  }
  const { task } = entry;
  const source = find(path.join(tasksFolder(from), name), task);
  const decision = decide(source, findTarget(target, task));
  return { from, name, decision, task, state: source.state, bytes };
}

/** Returns the task as found in the target store; null if it does not have it. */
export function findTarget(folder: string, task: Task): Found | null {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  return stats.isDirectory() ? find(folder, task) : corrupt('is not a folder');
}

/** Returns the task as found in the folder, after reading all files of a finished one. */
function find(folder: string, task: Task): Found {
  const state = verifyTask(folder, task.id);
  if (state.state === 'corrupt') return corrupt(state.problem);
  // Merges do not copy the files that a user's program would resume from.
  if (state.state === 'interrupted' && existsSync(path.join(folder, TASK_FILES.program)))
    return { state: { state: 'new' }, hashes: null };
  // A task that has not started may have no record yet.
  const problem = state.state === 'new' ? null : recordProblem(folder, task);
  if (problem !== null) return corrupt(problem);
  return { state, hashes: markedHashes(folder) };
}

function corrupt(problem: string): Found {
  return { state: { state: 'corrupt', problem }, hashes: null };
}

function perform(item: Merged, tasks: string): Merged {
  const { from, name, task, state, decision } = item;
  if (task === null || decision.type !== 'copy') return item;
  const problem = importTask(path.join(tasksFolder(from), name), tasks, task, state);
  return problem === null ? item : { ...item, decision: { type: 'corrupt', problem } };
}
