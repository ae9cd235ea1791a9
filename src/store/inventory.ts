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

/** Matches the names of corrupt folders that were set aside. */
const ASIDE = /[.]corrupt-\d+$/;
export const REMOVED_SUFFIX = '.removed';
export const MERGING_SUFFIX = '.merging';

/** A folder with more files is not a task's folder. */
const MAX_FILES = 1_000;
/** A larger `task.json` was not written by this program. */
const MAX_RECORD_BYTES = 1_000_000;

interface Place {
  /** The entry's name in `<out>/tasks`. */
  readonly name: string;
  /** The total size of its files. */
  readonly bytes: number;
  /** The latest change of the folder or of a file in it, in milliseconds since 1970. */
  readonly changedMs: number;
}

export interface TaskEntry extends Place {
  readonly kind: 'task';
  readonly task: Task;
  readonly state: TaskState;
}

/** An entry of `<out>/tasks`. */
export type StoreEntry =
  | TaskEntry
  /** A corrupt folder that was set aside. */
  | (Place & { readonly kind: 'aside' })
  /** Left over from an interrupted deletion. */
  | (Place & { readonly kind: 'removed' })
  /** Being copied by a merge, or left over from an interrupted one. */
  | (Place & { readonly kind: 'merging' })
  /** Not a task's folder, or one with an invalid `task.json`. */
  | (Place & { readonly kind: 'foreign'; readonly isFolder: boolean; readonly problem: string });

/**
 * Lists the entries of `<out>/tasks` by name, including foreign and invalid ones. A run may be active: entries that disappear
 * meanwhile are left out.
 */
export function listStore(outDir: string): StoreEntry[] {
  const folder = tasksFolder(outDir);
  return namesIn(folder)
    .sort()
    .flatMap((name) => {
      const entry = inspect(folder, name);
      return entry === null ? [] : [entry];
    });
}

/** Returns the latest change of a task's folder or of a file in it, in milliseconds since 1970; null if it does not exist. */
export function lastChangeMs(folder: string): number | null {
  try {
    return measure(folder).changedMs;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StoreError(`can't access ${folder} (${reasonOf(error)}): make it readable`, { cause: error });
  }
}

function inspect(tasks: string, name: string): StoreEntry | null {
  const folder = path.join(tasks, name);
  try {
    const stats = lstatSync(folder);
    const place = { name, bytes: stats.size, changedMs: stats.mtimeMs };
    if (!stats.isDirectory()) {
      const problem = stats.isSymbolicLink() ? 'is a symbolic link' : 'is not a folder';
      return { kind: 'foreign', ...place, isFolder: false, problem };
    }
    const entry = classify(folder, measure(folder));
    // A run may have set the folder aside, or a deletion may have renamed it, together with all its files.
    return lstatSync(folder, { throwIfNoEntry: false }) === undefined ? null : entry;
  } catch (error) {
    if (isMissing(error)) return null;
    const problem = `can't be accessed (${reasonOf(error)})`;
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
    return foreign(`${TASK_FILES.task} is invalid (not a file of up to ${formatBytes(MAX_RECORD_BYTES)})`);
  const found = readJsonFile(path.join(folder, TASK_FILES.task), taskRecordSchema);
  if (!found.found) return foreign(found.problem ?? `has no ${TASK_FILES.task}`);
  const task = found.value;
  if (task.name !== place.name) return foreign(`${TASK_FILES.task} belongs to ${task.name}`);
  return { kind: 'task', ...place, task, state: readTaskState(folder, task.id) };
}

interface Measured extends Omit<Place, 'name'> {
  readonly files: number;
  /** The stats of `task.json`. */
  readonly record: Stats | null;
}

/** Measures the folder without following symbolic links. Stops at the maximum number of files that a task may have. */
function measure(folder: string): Measured {
  let bytes = 0;
  let changedMs = lstatSync(folder).mtimeMs;
  let files = 0;
  let record: Stats | null = null;
  // A user's program may keep any number of files for its task.
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
