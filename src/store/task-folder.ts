import { hash } from 'node:crypto';
import { existsSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { StoreError } from '../errors.js';
import { taskFailureSchema, type TaskFailure } from '../task/outcome.js';
import type { Task } from '../task/task.js';
import { CHECKPOINT_FILES, readProgress } from './checkpoint.js';
import {
  deleteIfPossible,
  fsyncFolder,
  hashFile,
  wrapStoreErrors,
  isMissing,
  makeFolder,
  readJsonFile,
  reasonOf,
  assertNotSymlink,
  replaceFiles,
  TEMPORARY_SUFFIX,
  writeFileDurably,
} from './files.js';

/** Names of the files in a task's folder. */
export const TASK_FILES = {
  task: 'task.json',
  stepsStream: 'steps.arrows',
  evaluationsStream: 'evaluations.arrows',
  rowsStream: 'rows.arrows',
  /** The folder in which a user's program keeps its files. */
  program: 'program',
  checkpoint: CHECKPOINT_FILES[0],
  previousCheckpoint: CHECKPOINT_FILES[1],
  steps: 'steps.arrow',
  evaluations: 'evaluations.arrow',
  samples: 'samples.arrow',
  parameters: 'parameters.safetensors',
  rows: 'rows.arrow',
  verdict: 'verdict.json',
  run: 'run.json',
  done: 'done.json',
  failed: 'failed.json',
} as const;

export const markerSchema = z.object({
  id: z.string(),
  /** The files of the finished task. */
  files: z
    .record(z.string().regex(/^[a-z-]+\.[a-z]+$/), z.object({ bytes: z.int().min(0), sha256: z.string() }))
    .refine((files) => Object.keys(files).length > 0, { error: 'lists no files' }),
});

const anySchema = z.unknown();

/** The content of `done.json`. */
export type Marker = z.infer<typeof markerSchema>;

export type TaskState =
  /** Starts from the first step: the folder has nothing to resume from. */
  | { readonly state: 'new' }
  /** Resumes from a checkpoint, the latest or the previous one, that was written after `step` steps. */
  | { readonly state: 'interrupted'; readonly step: number }
  | { readonly state: 'done' }
  /** `step` is the step of its checkpoint; null if it has none. */
  | { readonly state: 'failed'; readonly failure: TaskFailure; readonly step: number | null }
  /** A file is inconsistent, by itself or with the marker. The folder is kept until the user asks to set it aside. */
  | { readonly state: 'corrupt'; readonly problem: string };

/** Returns the absolute path of `<out>/tasks`. */
export function tasksFolder(outDir: string): string {
  return path.resolve(outDir, 'tasks');
}

/** Returns the absolute path of `<out>/tasks/<name>`. */
export function taskFolder(outDir: string, task: Pick<Task, 'name'>): string {
  return path.join(tasksFolder(outDir), task.name);
}

/** Reads the state of a task from its marker and the sizes of its files alone, which is fast even for ten thousand finished tasks. */
export function readTaskState(folder: string, id: string): TaskState {
  const marker = readJsonFile(path.join(folder, TASK_FILES.done), markerSchema);
  if (marker.found) {
    const problem = markerProblem(folder, id, marker.value);
    return problem === null ? { state: 'done' } : { state: 'corrupt', problem };
  }
  if (marker.problem !== null) return { state: 'corrupt', problem: marker.problem };
  return readUnfinishedState(folder);
}

/** Reads the state of a task like `readTaskState`, and verifies the SHA-256 of a finished task's files. */
export function verifyTask(folder: string, id: string): TaskState {
  const state = readTaskState(folder, id);
  if (state.state !== 'done') return state;
  const files = markedFiles(folder);
  if (files === null)
    return { state: 'corrupt', problem: `${TASK_FILES.done} disappeared while it was being read` };
  for (const [name, file] of files) {
    const problem = contentProblem(folder, name, file);
    if (problem !== null) return { state: 'corrupt', problem };
  }
  return state;
}

type MarkedFile = Marker['files'][string];

/** Returns the size and checksum of each file of a finished task, by name, from its marker; null if there is no marker. */
export function markedFiles(folder: string): ReadonlyMap<string, MarkedFile> | null {
  const marker = readMarker(folder);
  return marker === null ? null : new Map(Object.entries(marker.files));
}

/** Returns the marker, or null if there is none or it is damaged. */
export function readMarker(folder: string): Marker | null {
  const marker = readJsonFile(path.join(folder, TASK_FILES.done), markerSchema);
  return marker.found ? marker.value : null;
}

/** Returns the SHA-256 of each file of a finished task, by name, from its marker; null if there is no marker. */
export function markedHashes(folder: string): ReadonlyMap<string, string> | null {
  const files = markedFiles(folder);
  return files === null ? null : new Map([...files].map(([name, { sha256 }]) => [name, sha256]));
}

/** Throws if the task's folder or a file in it is a symbolic link, by which a store could expose files outside it. */
export function assertNoSymlinks(folder: string): void {
  assertNotSymlink(folder);
  for (const name of Object.values(TASK_FILES)) assertNotSymlink(path.join(folder, name));
}

/** Creates the folder and its `task.json`, and keeps files of earlier runs. Returns the folder's absolute path. */
export function prepareTaskFolder(folder: string, task: Task): string {
  makeFolder(folder);
  const file = path.join(folder, TASK_FILES.task);
  const { id, name, settings, versions } = task;
  const content = { id, name, settings, versions };
  const written = readJsonFile(file, anySchema);
  if (!written.found || !isDeepStrictEqual(written.value, content)) writeJson(file, content);
  return path.resolve(folder);
}

/** Returns the marker of a task with these results, by file name. */
export function markerOf(id: string, results: Readonly<Record<string, Uint8Array>>): Marker {
  const files = Object.entries(results).map(
    ([name, bytes]) => [name, { bytes: bytes.length, sha256: hash('sha256', bytes) }] as const,
  );
  return { id, files: Object.fromEntries(files) };
}

/**
 * Writes a task's results, by file name, and marks it as done. The results and the folder are fsynced before the marker is written, so
 * a marker on disk implies that all results are.
 */
export function commitResults(
  folder: string,
  id: string,
  results: Readonly<Record<string, Uint8Array>>,
  marker = markerOf(id, results),
): void {
  replaceFiles(Object.entries(results).map(([name, bytes]) => [path.join(folder, name), bytes]));
  fsyncFolder(folder);
  writeMarker(folder, marker);
}

/** Marks a task as done. Its results must already be durable. */
export function writeMarker(folder: string, marker: Marker): void {
  writeJson(path.join(folder, TASK_FILES.done), marker);
}

/** Removes the files that a finished task no longer needs. Files that remain after a crash do no harm. */
export function removeUnfinished(folder: string): void {
  const { stepsStream, evaluationsStream, rowsStream } = TASK_FILES;
  const unfinished = [stepsStream, evaluationsStream, rowsStream, ...CHECKPOINT_FILES];
  for (const name of [...unfinished, ...halfWritten(folder)]) deleteIfPossible(path.join(folder, name));
  clearProgramFolder(folder);
}

/** Creates the folder in which a user's program keeps its files for the task, and returns its path. */
export function makeProgramFolder(folder: string): string {
  const program = path.join(folder, TASK_FILES.program);
  const files = path.join(program, 'files');
  [program, files].forEach(assertNotSymlink);
  makeFolder(files);
  return program;
}

export function clearProgramFolder(folder: string): void {
  deleteIfPossible(path.join(folder, TASK_FILES.program));
}

/** Returns the names of the marker's files that are missing or differ from it. Reads the whole files. */
export function damagedFiles(folder: string, { files }: Pick<Marker, 'files'>): string[] {
  return Object.entries(files)
    .filter(
      ([name, file]) =>
        sizeProblem(folder, name, file) !== null || contentProblem(folder, name, file) !== null,
    )
    .map(([name]) => name);
}

export function markFailed(folder: string, failure: TaskFailure): void {
  writeJson(path.join(folder, TASK_FILES.failed), failure);
}

export function clearFailed(folder: string): void {
  const file = path.join(folder, TASK_FILES.failed);
  wrapStoreErrors(`delete ${file}`, () => {
    rmSync(file, { force: true });
  });
  fsyncFolder(folder);
}

/** Renames the folder to `<name>.corrupt-<n>`, with the first free n from 1, so that its task starts anew. Returns the new path. */
export function setAside(folder: string): string {
  let n = 1;
  while (existsSync(`${folder}.corrupt-${n}`)) n += 1;
  const aside = `${folder}.corrupt-${n}`;
  wrapStoreErrors(`rename ${folder}`, () => {
    renameSync(folder, aside);
  });
  fsyncFolder(path.dirname(folder));
  return aside;
}

/** Returns the names of files that were being written by processes that died. */
function halfWritten(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(TEMPORARY_SUFFIX));
  } catch {
    return [];
  }
}

function markerProblem(folder: string, id: string, marker: Marker): string | null {
  if (marker.id !== id) return `${TASK_FILES.done} belongs to task ${marker.id}, not to ${id}`;
  for (const [name, file] of Object.entries(marker.files)) {
    const problem = sizeProblem(folder, name, file);
    if (problem !== null) return problem;
  }
  return null;
}

function sizeProblem(folder: string, name: string, { bytes }: MarkedFile): string | null {
  const size = sizeOf(path.join(folder, name));
  if (size === null) return `${name} is missing`;
  return size === bytes ? null : `${name} has the wrong size (${size} instead of ${bytes} bytes)`;
}

function contentProblem(folder: string, name: string, { sha256 }: MarkedFile): string | null {
  try {
    if (hashFile(path.join(folder, name)) === sha256) return null;
    return `${name} does not match its SHA-256 in ${TASK_FILES.done}`;
  } catch (error) {
    return `${name} can't be read (${reasonOf(error)})`;
  }
}

function readUnfinishedState(folder: string): TaskState {
  const failure = readJsonFile(path.join(folder, TASK_FILES.failed), taskFailureSchema);
  if (!failure.found && failure.problem !== null) return { state: 'corrupt', problem: failure.problem };
  const { step, problem } = readProgress(folder);
  if (failure.found) return { state: 'failed', failure: failure.value, step };
  if (step !== null) return { state: 'interrupted', step };
  return problem === null ? { state: 'new' } : { state: 'corrupt', problem };
}

function sizeOf(file: string): number | null {
  try {
    const stats = statSync(file);
    return stats.isFile() ? stats.size : null;
  } catch (error) {
    if (isMissing(error)) return null;
    throw new StoreError(`can't access ${file} (${reasonOf(error)}): make it readable`, { cause: error });
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileDurably(file, `${JSON.stringify(value, null, 2)}\n`);
}
