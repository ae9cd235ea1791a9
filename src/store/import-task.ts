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
import { fsyncFolder, hashFile, isMissing, readJsonFile, reasonOf, wrapStoreErrors } from './files.js';
import { pieceFor } from './pieces.js';
import { MERGING_SUFFIX, REMOVED_SUFFIX } from './inventory.js';
import { markedHashes, TASK_FILES, verifyTask, type TaskState } from './task-folder.js';

/** Thrown when a task's folder can't be copied because of the source, not because of the target store. */
class SourceError extends StoreError {}

const recordSchema = z.looseObject({
  id: z.unknown().optional(),
  name: z.unknown().optional(),
  settings: z.unknown(),
  versions: z.unknown(),
});

/**
 * Copies a task's folder into `tasks`, replacing any existing one. It is copied under a temporary name, each file is fsynced and read
 * back, and then the folder is renamed: after a crash the task is either as it was or as in `source`. There is one exception: an
 * unfinished task that is being replaced is missing between two renames, and the next merge copies it again.
 * @returns the problem with the source, in which case nothing was changed, or null
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

/** Returns the problem with the folder's `task.json`, the one file of a finished task without a checksum in its marker, or null. */
export function recordProblem(folder: string, { id, name }: Pick<Task, 'id' | 'name'>): string | null {
  const record = readJsonFile(path.join(folder, TASK_FILES.task), recordSchema);
  if (!record.found) return record.problem ?? `has no ${TASK_FILES.task}`;
  const { settings, versions } = record.value;
  const identity: object = { settings, versions };
  const isNamed = record.value.id === id && record.value.name === name;
  if (isNamed && name.endsWith(`-${id}`) && hash('sha256', stringify(identity)).startsWith(id)) return null;
  return `${TASK_FILES.task} does not match the task's id`;
}

/**
 * Returns the task's files in the order in which to copy them. Checkpoints come before the logs, which only grow, so that the copied
 * logs have the prefix that the checkpoints refer to even if a run continues. The marker comes last.
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
  wrapStoreErrors(`create the folder ${arriving}`, () => {
    mkdirSync(arriving);
  });
  for (const name of names) {
    const copy = path.join(arriving, name);
    const sha256 = copyFile(path.join(source, name), copy);
    if (wrapStoreErrors(`read ${copy}`, () => hashFile(copy)) !== sha256)
      throw new StoreError(
        `${copy} does not read back as it was written: the disk is failing; merge into another --out`,
      );
  }
  fsyncFolder(arriving);
}

/** Checks the copy, because the source may have changed while it was being copied. */
function checkCopy(arriving: string, task: Task, { state }: TaskState): void {
  const copied = verifyTask(arriving, task.id);
  if (copied.state === 'corrupt')
    throw new SourceError(`changed while it was being copied: ${copied.problem}`);
  if (copied.state !== state) throw new SourceError('changed while it was being copied');
  const problem = recordProblem(arriving, task);
  if (problem !== null) throw new SourceError(problem);
}

/** Copies a file in pieces, so that memory use is bounded. @returns the SHA-256 of the bytes read */
function copyFile(from: string, to: string): string {
  const source = reading(from, () => openSync(from, 'r'));
  try {
    const target = wrapStoreErrors(`write ${to}`, () => openSync(to, 'wx'));
    try {
      const sum = createHash('sha256');
      const piece = reading(from, () => pieceFor(source));
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

/** Returns whether the file exists. Rejects links, which could import files from elsewhere, and pipes, which would block. */
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
    const what = isMissing(error) ? 'disappeared' : `can't be read (${reasonOf(error)})`;
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

/** Removes the folder and ignores errors: the error that led here is the one to report, and the next merge removes the folder. */
function removeIfPossible(folder: string): void {
  try {
    removeFolder(folder);
  } catch {
    // The next merge removes it.
  }
}
