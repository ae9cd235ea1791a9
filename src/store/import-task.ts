import { createHash, hash } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { stringify } from 'safe-stable-stringify';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import type { Task } from '../task/task.js';
import { CHECKPOINT_FILES } from './checkpoint.js';
import { fsyncFolder, hashFile, wrapStoreErrors, isMissing, readJsonFile, reasonOf } from './files.js';
import { MERGING_SUFFIX, REMOVED_SUFFIX } from './inventory.js';
import { markedHashes, TASK_FILES, verifyTask, type TaskState } from './task-folder.js';

/** Why a task's folder can't be copied: it, not the store that it would go to, is to blame. */
class SourceError extends StoreError {}

const recordSchema = z.looseObject({ settings: z.unknown(), versions: z.unknown() });

/**
 * Copies a task's folder into `tasks`, instead of what is there of it. First under a name that nothing takes for a task, each file
 * fsynced and read again, then renamed: after a crash the task is as it was, or as it is in `source`. There is one exception: an
 * unfinished task that is replaced is gone between two renames, and then comes with the next merge.
 * @returns what is wrong with the source, then nothing was changed, or null
 */
export function importTask(source: string, tasks: string, task: Task, state: TaskState): string | null {
  const target = path.join(tasks, task.name);
  const arriving = `${target}${MERGING_SUFFIX}`;
  const leaving = `${target}${REMOVED_SUFFIX}`;
  [arriving, leaving].forEach(removeFolder);
  try {
    copyFiles(source, arriving, filesOf(source, state));
    checkCopy(arriving, task, state);
  } catch (error) {
    removeIfPossible(arriving);
    if (error instanceof SourceError) return error.message;
    throw error;
  }
  const isReplaced = exists(target);
  wrapStoreErrors(`write ${target}`, () => {
    if (isReplaced) renameSync(target, leaving);
    renameSync(arriving, target);
  });
  fsyncFolder(tasks);
  if (isReplaced) {
    removeFolder(leaving);
    fsyncFolder(tasks);
  }
  return null;
}

/** What is wrong with a folder's `task.json`, the one file of a finished task that its marker has no checksum of; or null. */
export function recordProblem(folder: string, { id, name }: Pick<Task, 'id' | 'name'>): string | null {
  const record = readJsonFile(path.join(folder, TASK_FILES.task), recordSchema);
  if (!record.found) return record.problem ?? `has no ${TASK_FILES.task}`;
  const { settings, versions } = record.value;
  const decisive: object = { settings, versions };
  if (name.endsWith(`-${id}`) && hash('sha256', stringify(decisive)).startsWith(id)) return null;
  return `${TASK_FILES.task} has other settings than the task's id says`;
}

/**
 * The files to copy of a task, in this order. Checkpoints come before the logs, which only grow: the prefix that they name is there
 * even if a run continues. The marker comes last.
 */
export function filesOf(source: string, { state }: TaskState): string[] {
  const { task, run, done, failed, stepsStream, evaluationsStream, rowsStream } = TASK_FILES;
  const names =
    state === 'done'
      ? [task, run, ...(markedHashes(source)?.keys() ?? []), done]
      : [task, run, failed, ...CHECKPOINT_FILES, stepsStream, evaluationsStream, rowsStream];
  return [...new Set(names)].filter((name) => isThere(path.join(source, name)));
}

function copyFiles(source: string, arriving: string, names: readonly string[]): void {
  wrapStoreErrors(`make the folder ${arriving}`, () => {
    mkdirSync(arriving);
  });
  for (const name of names) {
    const copy = path.join(arriving, name);
    const sha256 = copyFile(path.join(source, name), copy);
    if (wrapStoreErrors(`read ${copy}`, () => hashFile(copy)) !== sha256)
      throw new StoreError(
        `${copy} reads otherwise than it was written: the disk fails; merge into another --out`,
      );
  }
  fsyncFolder(arriving);
}

/** What was right before it was copied may have changed meanwhile. */
function checkCopy(arriving: string, task: Task, { state }: TaskState): void {
  const copied = verifyTask(arriving, task.id);
  if (copied.state === 'corrupt') throw new SourceError(`changed while it was copied: ${copied.problem}`);
  if (copied.state !== state) throw new SourceError('changed while it was copied');
  const problem = recordProblem(arriving, task);
  if (problem !== null) throw new SourceError(problem);
}

/** In pieces, so that memory stays bounded. @returns the SHA-256 of what was read */
function copyFile(from: string, to: string): string {
  const source = reading(from, () => openSync(from, 'r'));
  try {
    const target = wrapStoreErrors(`write ${to}`, () => openSync(to, 'wx'));
    try {
      const sum = createHash('sha256');
      const piece = Buffer.alloc(1 << 18);
      for (let read = 1; read > 0;) {
        read = reading(from, () => readSync(source, piece));
        const bytes = piece.subarray(0, read);
        sum.update(bytes);
        wrapStoreErrors(`write ${to}`, () => {
          writeFileSync(target, bytes);
        });
      }
      wrapStoreErrors(`write ${to}`, () => {
        fsyncSync(target);
      });
      return sum.digest('hex');
    } finally {
      closeSync(target);
    }
  } finally {
    closeSync(source);
  }
}

/** A link could bring in what lies elsewhere, and a pipe would never end. */
function isThere(file: string): boolean {
  const stats = reading(file, () => lstatSync(file, { throwIfNoEntry: false }));
  if (stats === undefined) return false;
  if (!stats.isFile()) throw new SourceError(`${path.basename(file)} is not a file`);
  return true;
}

function reading<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const what = isMissing(error) ? 'vanished' : `can't be read (${reasonOf(error)})`;
    throw new SourceError(`${path.basename(file)} ${what}`, { cause: error });
  }
}

function exists(folder: string): boolean {
  return lstatSync(folder, { throwIfNoEntry: false }) !== undefined;
}

function removeFolder(folder: string): void {
  wrapStoreErrors(`delete ${folder}`, () => {
    rmSync(folder, { recursive: true, force: true });
  });
}

/** Where a disk is full or fails, that is the error to report; the next merge removes the folder. */
function removeIfPossible(folder: string): void {
  try {
    removeFolder(folder);
  } catch {
    // It stays.
  }
}
