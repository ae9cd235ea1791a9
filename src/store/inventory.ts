import type { Stats } from 'node:fs';
import { lstatSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { StoreError } from '../errors.js';
import type { Task } from '../task/task.js';
import { formatBytes, formatCount } from '../units.js';
import { isMissing, namesIn, readJsonFile, reasonOf } from './files.js';
import type { TaskState } from './task-folder.js';
import { readTaskState, TASK_FILES, tasksFolder } from './task-folder.js';
import { taskRecordSchema } from './task-record.js';

/** Names of folders that no longer belong to a task. */
const ASIDE = /[.]corrupt-\d+$/;
export const REMOVED_SUFFIX = '.removed';
export const MERGING_SUFFIX = '.merging';

/** A folder with more files belongs to no task. */
const MAX_FILES = 1_000;
/** A larger `task.json` was not written by this program. */
const MAX_RECORD_BYTES = 1_000_000;

interface Place {
  /** In `<out>/tasks`. */
  readonly name: string;
  /** Sizes of the files in it. */
  readonly bytes: number;
  /** The latest change of the folder or of a file in it, in milliseconds since 1970. */
  readonly changedMs: number;
}

export interface TaskEntry extends Place {
  readonly kind: 'task';
  readonly task: Task;
  readonly state: TaskState;
}

/** What lies in `<out>/tasks`. */
export type StoreEntry =
  | TaskEntry
  /** A corrupt folder that was set aside. */
  | (Place & { readonly kind: 'aside' })
  /** On its way out: left over from a deletion that was interrupted. */
  | (Place & { readonly kind: 'removed' })
  /** On its way in: being copied by a merge, or left over from one that was interrupted. */
  | (Place & { readonly kind: 'merging' })
  /** Not a task's folder, or one whose `task.json` can't be trusted. */
  | (Place & { readonly kind: 'foreign'; readonly isFolder: boolean; readonly problem: string });

/**
 * Lists all that lies in `<out>/tasks`, by name. A run may be active: what vanishes meanwhile is left out. What is
 * broken or foreign is listed as such.
 */
export function listStore(outDir: string): StoreEntry[] {
  const folder = tasksFolder(outDir);
  return namesIn(folder)
    .sort()
    .flatMap((name) => {
      const entry = lookAt(folder, name);
      return entry === null ? [] : [entry];
    });
}

/** The latest change of a task's folder or of a file in it, in milliseconds since 1970; null without a folder. */
export function lastChangeMs(folder: string): number | null {
  try {
    return measure(folder).changedMs;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StoreError(`can't look at ${folder} (${reasonOf(error)}): make it readable`, { cause: error });
  }
}

function lookAt(tasks: string, name: string): StoreEntry | null {
  const folder = path.join(tasks, name);
  try {
    const stats = lstatSync(folder);
    const place = { name, bytes: stats.size, changedMs: stats.mtimeMs };
    if (!stats.isDirectory()) {
      const problem = stats.isSymbolicLink() ? 'is a symbolic link' : 'is not a folder';
      return { kind: 'foreign', ...place, isFolder: false, problem };
    }
    const entry = classify(folder, measure(folder));
    // A run sets a folder aside, or a deletion renames it, with all its files.
    return lstatSync(folder, { throwIfNoEntry: false }) === undefined ? null : entry;
  } catch (error) {
    if (isMissing(error)) return null;
    const problem = `can't be looked at (${reasonOf(error)})`;
    return { kind: 'foreign', name, bytes: 0, changedMs: 0, isFolder: true, problem };
  }
}

function classify(folder: string, { files, record, ...size }: Measured): StoreEntry {
  const place = { name: path.basename(folder), ...size };
  if (ASIDE.test(place.name)) return { kind: 'aside', ...place };
  if (place.name.endsWith(REMOVED_SUFFIX)) return { kind: 'removed', ...place };
  if (place.name.endsWith(MERGING_SUFFIX)) return { kind: 'merging', ...place };
  const foreign = (problem: string): StoreEntry => ({ kind: 'foreign', ...place, isFolder: true, problem });
  if (files > MAX_FILES) return foreign(`holds more than ${formatCount(MAX_FILES)} files`);
  if (record === null) return foreign(`has no ${TASK_FILES.task}`);
  if (!record.isFile() || record.size > MAX_RECORD_BYTES)
    return foreign(`${TASK_FILES.task} is broken (not a file of up to ${formatBytes(MAX_RECORD_BYTES)})`);
  const found = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  if (!found.found) return foreign(found.problem ?? `has no ${TASK_FILES.task}`);
  const task = found.value;
  if (task.name !== place.name) return foreign(`${TASK_FILES.task} is of ${task.name}`);
  return { kind: 'task', ...place, task, state: readTaskState(folder, task.id) };
}

interface Measured extends Omit<Place, 'name'> {
  readonly files: number;
  /** Of `task.json`. */
  readonly record: Stats | null;
}

/** Links count as what they are, not as what they point to. Stops after the largest number of files that a task may have. */
function measure(folder: string): Measured {
  let bytes = 0;
  let changedMs = lstatSync(folder).mtimeMs;
  let files = 0;
  let record: Stats | null = null;
  // A program may keep any number of files for its task.
  const program = path.join(folder, TASK_FILES.program);
  const waiting = [folder];
  for (let next = waiting.pop(); next !== undefined && files <= MAX_FILES; next = waiting.pop())
    for (const name of readdirSync(next)) {
      const file = path.join(next, name);
      const stats = lstatSync(file, { throwIfNoEntry: false });
      if (stats === undefined) continue;
      if (!next.startsWith(program)) files += 1;
      if (files > MAX_FILES) break;
      changedMs = Math.max(changedMs, stats.mtimeMs);
      if (stats.isDirectory()) waiting.push(file);
      else bytes += stats.size;
      if (next === folder && name === TASK_FILES.task) record = stats;
    }
  return { bytes, changedMs, files, record };
}
