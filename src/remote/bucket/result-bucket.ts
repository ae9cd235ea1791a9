import path from 'node:path';
import { makeFolder } from '../../store/files.js';
import { filesOf, importTask } from '../../store/import-task.js';
import {
  markedFiles,
  readTaskState,
  TASK_FILES,
  taskFolder,
  tasksFolder,
  verifyTask,
} from '../../store/task-folder.js';
import type { Task } from '../../task/task.js';
import { formatBytes, formatCount } from '../../units.js';
import type { BucketAddress } from './address.js';
import { withIncomingFolder } from './incoming.js';
import { ObjectStore } from './object-store.js';

/** The outcome of downloading a task's results into the store. */
export type DownloadResult =
  | { readonly type: 'downloaded' }
  /** The bucket has no marker of the task. */
  | { readonly type: 'missing' }
  | { readonly type: 'corrupt'; readonly problem: string };

type FetchProblem = Exclude<DownloadResult, { type: 'downloaded' }>;

const MARKER_KEY = /^tasks\/([\w.+-]{1,200}-[0-9a-f]{16})\/done[.]json$/;
/** Files that a marker never lists. */
const RECORDS = [TASK_FILES.done, TASK_FILES.task, TASK_FILES.run] as const;
const MAX_JSON_BYTES = 1 << 20;
/** The largest step log that a sweep file can request takes 240 MB. */
const MAX_TASK_BYTES = 4e9;
const MAX_FILES = 100;
/** Above this number of tasks, listing the whole bucket takes fewer requests: one request lists a thousand keys. */
const MAX_SINGLE_QUERIES = 30;

/**
 * Finished tasks in a bucket, under the same keys as their paths in a store: `tasks/<name>/<file>`. The marker is sent last and
 * read first, so a task without a marker does not exist. Contents of the bucket are not trusted.
 */
export class ResultBucket {
  readonly #objects: ObjectStore;

  /**
   * @param signal requests a stop when it aborts: transfers then have half a minute to finish
   * @throws a BucketError if the bucket can't be used now
   */
  static async open(address: BucketAddress, signal: AbortSignal): Promise<ResultBucket> {
    const bucket = new ResultBucket(new ObjectStore(address, signal));
    await bucket.#objects.check();
    return bucket;
  }

  private constructor(objects: ObjectStore) {
    this.#objects = objects;
  }

  get shown(): string {
    return this.#objects.address.shown;
  }

  async has(task: Pick<Task, 'name'>): Promise<boolean> {
    return this.#objects.has(keyOf(task, TASK_FILES.done));
  }

  /** Returns the names of all finished tasks. Ignores other keys. */
  async finished(): Promise<Set<string>> {
    const keys = await this.#objects.list('tasks/');
    return new Set(keys.flatMap((key) => MARKER_KEY.exec(key)?.[1] ?? []));
  }

  /** Returns the names of those tasks that are finished. */
  async finishedOf(tasks: readonly Pick<Task, 'name'>[]): Promise<ReadonlySet<string>> {
    if (tasks.length > MAX_SINGLE_QUERIES) return this.finished();
    const names = new Set<string>();
    for (const task of tasks) if (await this.has(task)) names.add(task.name);
    return names;
  }

  /** Sends a finished task, unless the bucket already has it. */
  async send(task: Pick<Task, 'name'>, outDir: string): Promise<void> {
    if (await this.has(task)) return;
    const folder = taskFolder(outDir, task);
    for (const name of filesOf(folder, { state: 'done' }))
      await this.#objects.put(keyOf(task, name), path.join(folder, name));
  }

  /** Downloads a finished task into the store, with the same checks as a merge, and replaces any existing one. */
  async download(task: Task, outDir: string): Promise<DownloadResult> {
    return withIncomingFolder(outDir, task, async (folder): Promise<DownloadResult> => {
      const problem =
        (await this.fetchMarker(task, folder)) ??
        (await this.fetchRecords(task, folder)) ??
        (await this.fetchResults(task, folder));
      if (problem !== null) return problem;
      makeFolder(tasksFolder(outDir));
      const wrong = importTask(folder, tasksFolder(outDir), task, { state: 'done' });
      return wrong === null ? { type: 'downloaded' } : { type: 'corrupt', problem: wrong };
    });
  }

  /** Downloads the marker into an empty folder. @returns the problem, or null */
  async fetchMarker(task: Pick<Task, 'name'>, folder: string): Promise<FetchProblem | null> {
    return this.#fetchSmall(task, TASK_FILES.done, folder);
  }

  /** Downloads the files that the marker does not list, `task.json` and `run.json`, if they exist. @returns the problem, or null */
  async fetchRecords(task: Pick<Task, 'name'>, folder: string): Promise<FetchProblem | null> {
    for (const name of [TASK_FILES.task, TASK_FILES.run]) {
      const problem = await this.#fetchSmall(task, name, folder);
      if (problem?.type === 'corrupt') return problem;
    }
    return null;
  }

  /** Downloads the files that the marker in the folder lists, and verifies them. @returns the problem, or null */
  async fetchResults(
    task: Pick<Task, 'id' | 'name'>,
    folder: string,
  ): Promise<{ readonly type: 'corrupt'; readonly problem: string } | null> {
    const files = markedFiles(folder);
    const problem = files === null ? brokenMarker(folder, task) : excessOf(files);
    if (files === null || problem !== null) return { type: 'corrupt', problem: problem ?? '' };
    for (const [name, { bytes }] of files) {
      const got = await this.#objects.get(keyOf(task, name), path.join(folder, name), bytes);
      if (got === null) return { type: 'corrupt', problem: `${name} is missing` };
      if (got !== bytes)
        return {
          type: 'corrupt',
          problem: `${name} has the wrong size (${got === 'too large' ? 'more than' : `${got} instead of`} ${bytes} bytes)`,
        };
    }
    const state = verifyTask(folder, task.id);
    return state.state === 'corrupt' ? { type: 'corrupt', problem: state.problem } : null;
  }

  async #fetchSmall(task: Pick<Task, 'name'>, name: string, folder: string): Promise<FetchProblem | null> {
    const bytes = await this.#objects.get(keyOf(task, name), path.join(folder, name), MAX_JSON_BYTES);
    if (bytes === null) return { type: 'missing' };
    if (bytes !== 'too large') return null;
    return { type: 'corrupt', problem: `${name} is larger than ${formatBytes(MAX_JSON_BYTES)}` };
  }

  /** Removes the marker, so that the task can be sent again. */
  async removeMarker(task: Pick<Task, 'name'>): Promise<void> {
    await this.#objects.remove(keyOf(task, TASK_FILES.done));
  }
}

function keyOf({ name }: Pick<Task, 'name'>, file: string): string {
  return `tasks/${name}/${file}`;
}

function brokenMarker(folder: string, { id }: Pick<Task, 'id'>): string {
  const state = readTaskState(folder, id);
  return state.state === 'corrupt' ? state.problem : `${TASK_FILES.done} is invalid`;
}

/** Returns what exceeds the limits of a valid marker, or null. */
function excessOf(files: ReadonlyMap<string, { readonly bytes: number }>): string | null {
  const own = RECORDS.find((name) => files.has(name));
  if (own !== undefined) return `${TASK_FILES.done} lists ${own}`;
  if (files.size > MAX_FILES) return `${TASK_FILES.done} lists more than ${formatCount(MAX_FILES)} files`;
  const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0);
  return bytes > MAX_TASK_BYTES
    ? `its files have ${formatBytes(bytes)}, more than the maximum of ${formatBytes(MAX_TASK_BYTES)}`
    : null;
}
