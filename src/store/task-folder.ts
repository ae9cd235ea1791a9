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
  replaceFile,
  TEMPORARY,
  writeFileDurably,
} from './files.js';

/** Names of the files in a task's folder. */
export const TASK_FILES = {
  task: 'task.json',
  stepsStream: 'steps.arrows',
  evaluationsStream: 'evaluations.arrows',
  rowsStream: 'rows.arrows',
  /** The folder of what a program keeps. */
  program: 'program',
  checkpoint: CHECKPOINT_FILES[0],
  checkpointBefore: CHECKPOINT_FILES[1],
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

const markerSchema = z.object({
  id: z.string(),
  /** The files that the finished task consists of. */
  files: z
    .record(z.string().regex(/^[a-z-]+\.[a-z]+$/), z.object({ bytes: z.int().min(0), sha256: z.string() }))
    .refine((files) => Object.keys(files).length > 0, { error: 'names no file' }),
});

export type TaskState =
  /** Nothing worth keeping: to be run from the first step. */
  | { readonly state: 'new' }
  /** Has a checkpoint to continue from, the last one or that before it, made after `step` steps. */
  | { readonly state: 'interrupted'; readonly step: number }
  | { readonly state: 'done' }
  /** `step` is that of its checkpoint, if it has one. */
  | { readonly state: 'failed'; readonly failure: TaskFailure; readonly step: number | null }
  /** A file of the store contradicts itself or its marker. Kept until the user asks to set it aside. */
  | { readonly state: 'corrupt'; readonly problem: string };

/** `<out>/tasks`, absolute. */
export function tasksFolder(outDir: string): string {
  return path.resolve(outDir, 'tasks');
}

/** `<out>/tasks/<name>`, absolute. */
export function taskFolder(outDir: string, task: Pick<Task, 'name'>): string {
  return path.join(tasksFolder(outDir), task.name);
}

/** Reads no more than the marker and the files' sizes, so that ten thousand finished tasks are looked at in a moment. */
export function readTaskState(folder: string, id: string): TaskState {
  const marker = readJsonFile(path.join(folder, TASK_FILES.done), markerSchema);
  if (marker.found) {
    const problem = markerProblem(folder, id, marker.value);
    return problem === null ? { state: 'done' } : { state: 'corrupt', problem };
  }
  if (marker.problem !== null) return { state: 'corrupt', problem: marker.problem };
  return readUnfinishedState(folder);
}

/** `readTaskState`, and the contents of a finished task's files against their SHA-256. */
export function verifyTask(folder: string, id: string): TaskState {
  const state = readTaskState(folder, id);
  if (state.state !== 'done') return state;
  const marker = readJsonFile(path.join(folder, TASK_FILES.done), markerSchema);
  if (!marker.found) return { state: 'corrupt', problem: `${TASK_FILES.done} vanished while it was read` };
  for (const [name, { sha256 }] of Object.entries(marker.value.files)) {
    try {
      if (hashFile(path.join(folder, name)) !== sha256)
        return {
          state: 'corrupt',
          problem: `${name} has other contents than ${TASK_FILES.done} says (SHA-256)`,
        };
    } catch (error) {
      return { state: 'corrupt', problem: `${name} can't be read (${reasonOf(error)})` };
    }
  }
  return state;
}

/** What the marker of a finished task says of each of its files, by name; null without a marker. */
export function markedFiles(
  folder: string,
): ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }> | null {
  const marker = readJsonFile(path.join(folder, TASK_FILES.done), markerSchema);
  return marker.found ? new Map(Object.entries(marker.value.files)) : null;
}

/** SHA-256 of each file of a finished task, by name, as its marker says; null without a marker. */
export function markedHashes(folder: string): ReadonlyMap<string, string> | null {
  const files = markedFiles(folder);
  return files === null ? null : new Map([...files].map(([name, { sha256 }]) => [name, sha256]));
}

/** By a link, a store from elsewhere could have files shown that are not its own. */
export function refuseTaskLinks(folder: string): void {
  assertNotSymlink(folder);
  for (const name of Object.values(TASK_FILES)) assertNotSymlink(path.join(folder, name));
}

/** Makes the folder and its `task.json`; what it holds of an earlier run stays. Returns its absolute path. */
export function prepareTaskFolder(folder: string, task: Task): string {
  makeFolder(folder);
  const file = path.join(folder, TASK_FILES.task);
  const { id, name, settings, versions } = task;
  const content = { id, name, settings, versions };
  const written = readJsonFile(file, z.unknown());
  if (!written.found || !isDeepStrictEqual(written.value, content)) writeJson(file, content);
  return path.resolve(folder);
}

/**
 * Writes a task's results, by file name, and makes it done: they and the folder are flushed, then the marker is written. Whatever
 * comes before the marker may be lost in a power cut, and then so is the marker.
 */
export function commitResults(
  folder: string,
  id: string,
  results: Readonly<Record<string, Uint8Array>>,
): void {
  const files = Object.entries(results).map(([name, bytes]) => {
    replaceFile(path.join(folder, name), bytes);
    return [name, { bytes: bytes.length, sha256: hash('sha256', bytes) }] as const;
  });
  fsyncFolder(folder);
  writeJson(path.join(folder, TASK_FILES.done), { id, files: Object.fromEntries(files) });
}

/** Removes what a finished task needs no more. What a crash, or the system, leaves of it does no harm. */
export function removeUnfinished(folder: string): void {
  const { stepsStream, evaluationsStream, rowsStream } = TASK_FILES;
  const unfinished = [stepsStream, evaluationsStream, rowsStream, ...CHECKPOINT_FILES];
  for (const name of [...unfinished, ...halfWritten(folder)]) deleteIfPossible(path.join(folder, name));
  clearProgramFolder(folder);
}

/** The folder of what a program keeps for its task, made where it is missing. */
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

/** Renames the folder to `<name>.corrupt-<n>`, n the first free number from 1, so that its task starts afresh. Returns the new path. */
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

/** What processes that died were writing. */
function halfWritten(folder: string): string[] {
  try {
    return readdirSync(folder).filter((name) => name.endsWith(TEMPORARY));
  } catch {
    return [];
  }
}

function markerProblem(folder: string, id: string, marker: z.infer<typeof markerSchema>): string | null {
  if (marker.id !== id) return `${TASK_FILES.done} is of task ${marker.id}, not ${id}`;
  for (const [name, { bytes }] of Object.entries(marker.files)) {
    const size = sizeOf(path.join(folder, name));
    if (size === null) return `${name} is missing`;
    if (size !== bytes) return `${name} has ${size} bytes, not ${bytes} as ${TASK_FILES.done} says`;
  }
  return null;
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
    throw new StoreError(`can't look at ${file} (${reasonOf(error)}): make it readable`, { cause: error });
  }
}

function writeJson(file: string, value: unknown): void {
  writeFileDurably(file, `${JSON.stringify(value, null, 2)}\n`);
}
