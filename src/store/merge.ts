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
  /** The store that the others are brought into. */
  readonly outDir: string;
  /** Whether to decide only. */
  readonly dryRun: boolean;
  /** Ends it after the task that it is at. */
  readonly signal: AbortSignal;
  /** Gets the number of entries of the stores, before the first one is read. */
  readonly onCount: (total: number) => void;
  /** Called after each entry. */
  readonly onEntry: () => void;
}

/** What became, or would become, of an entry of a store that was to be merged. */
export interface Merged {
  /** The store's folder, as it was given. */
  readonly from: string;
  readonly name: string;
  readonly decision: Decision;
  /** Null where it can't be recognised as a task. */
  readonly task: Task | null;
  /** In the store that it is merged from. */
  readonly state: TaskState;
  readonly bytes: number;
}

/**
 * Brings the tasks of other stores into `outDir`, one after another, each checked before and after. Whoever calls it to write holds
 * that store's lock.
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
  /** In a dry run: where the tasks lie that would have been copied by now, by name. */
  const planned = new Map<string, string>();
  const merged: Merged[] = [];
  options.onCount(items.length);
  for (const { from, entry } of items) {
    // The lock's signs of life go on meanwhile, and signals come.
    await nextTurn();
    if (signal.aborted) break;
    const item = look(from, entry, planned.get(entry.name) ?? path.join(tasks, entry.name));
    if (dryRun && item.decision.type === 'copy')
      planned.set(entry.name, path.join(tasksFolder(from), entry.name));
    merged.push(dryRun ? item : perform(item, tasks));
    options.onEntry();
  }
  return merged;
}

/** Removes what interrupted merges and deletions left. */
export function prepareMerge(outDir: string): void {
  const tasks = tasksFolder(outDir);
  for (const folder of [outDir, tasks]) makeFolder(folder);
  for (const { name } of listStore(outDir).filter(({ kind }) => kind === 'merging' || kind === 'removed'))
    wrapStoreErrors(`delete ${path.join(tasks, name)}`, () => {
      rmSync(path.join(tasks, name), { recursive: true, force: true });
    });
}

function look(from: string, entry: StoreEntry, target: string): Merged {
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

/** What the store that is merged into has of the task; null for nothing. */
export function findTarget(folder: string, task: Task): Found | null {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return null;
  return stats.isDirectory() ? find(folder, task) : corrupt('is not a folder');
}

/** Reads all of a finished task's files. */
function find(folder: string, task: Task): Found {
  const state = verifyTask(folder, task.id);
  if (state.state === 'corrupt') return corrupt(state.problem);
  // The files that its program would resume from do not move between stores.
  if (state.state === 'interrupted' && existsSync(path.join(folder, TASK_FILES.program)))
    return { state: { state: 'new' }, hashes: null };
  // One that was not begun may have none yet.
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
