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
import { withArrival } from './arrivals.js';
import { Objects } from './objects.js';

/** The outcome of downloading a task's results into the store. */
export type DownloadResult =
  | { readonly type: 'downloaded' }
  /** There is no marker. */
  | { readonly type: 'missing' }
  | { readonly type: 'corrupt'; readonly problem: string };

type Unfetched = Exclude<DownloadResult, { type: 'downloaded' }>;

const MARKER_KEY = /^tasks\/([\w.+-]{1,200}-[0-9a-f]{16})\/done[.]json$/;
/** Files that no marker names. */
const RECORDS = [TASK_FILES.done, TASK_FILES.task, TASK_FILES.run] as const;
const MAX_JSON_BYTES = 1 << 20;
/** The largest step log that a sweep file can ask for has 240 MB. */
const MAX_TASK_BYTES = 4e9;
const MAX_FILES = 100;
/** For more, all of the bucket is listed: a request lists a thousand keys. */
const MAX_ASKED_SINGLY = 30;

/**
 * Finished tasks in a bucket, under the keys that their files have in a store: `tasks/<name>/<file>`. The marker is sent last and
 * asked for first, so that a task without it is not there. What comes out of the bucket is believed no more than a file from outside.
 */
export class ResultBucket {
  readonly #objects: Objects;

  /**
   * @param signal requests a stop: transfers then have half a minute to end
   * @throws a BucketError if it can't be used now
   */
  static async open(address: BucketAddress, signal: AbortSignal): Promise<ResultBucket> {
    const bucket = new ResultBucket(new Objects(address, signal));
    await bucket.#objects.check();
    return bucket;
  }

  private constructor(objects: Objects) {
    this.#objects = objects;
  }

  get shown(): string {
    return this.#objects.address.shown;
  }

  async has(task: Pick<Task, 'name'>): Promise<boolean> {
    return this.#objects.has(keyOf(task, TASK_FILES.done));
  }

  /** The names of all finished tasks. Keys that are none are passed over. */
  async finished(): Promise<Set<string>> {
    const keys = await this.#objects.list('tasks/');
    return new Set(keys.flatMap((key) => MARKER_KEY.exec(key)?.[1] ?? []));
  }

  /** The names of those of these tasks that are finished. */
  async finishedOf(tasks: readonly Pick<Task, 'name'>[]): Promise<ReadonlySet<string>> {
    if (tasks.length > MAX_ASKED_SINGLY) return this.finished();
    const names = new Set<string>();
    for (const task of tasks) if (await this.has(task)) names.add(task.name);
    return names;
  }

  /** Sends a finished task, unless it is there. */
  async send(task: Pick<Task, 'name'>, outDir: string): Promise<void> {
    if (await this.has(task)) return;
    const folder = taskFolder(outDir, task);
    for (const name of filesOf(folder, { state: 'done' }))
      await this.#objects.put(keyOf(task, name), path.join(folder, name));
  }

  /** Downloads a finished task into the store, replaces what the store has of it, and checks it as a merge does. */
  async download(task: Task, outDir: string): Promise<DownloadResult> {
    return withArrival(outDir, task, async (folder): Promise<DownloadResult> => {
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

  /** Into a folder that is empty. @returns why not, or null */
  async fetchMarker(task: Pick<Task, 'name'>, folder: string): Promise<Unfetched | null> {
    return this.#fetchSmall(task, TASK_FILES.done, folder);
  }

  /** What no marker names: the files that say what it is and how it came about, if they are there. @returns why not, or null */
  async fetchRecords(task: Pick<Task, 'name'>, folder: string): Promise<Unfetched | null> {
    for (const name of [TASK_FILES.task, TASK_FILES.run]) {
      const problem = await this.#fetchSmall(task, name, folder);
      if (problem?.type === 'corrupt') return problem;
    }
    return null;
  }

  /** What the marker in the folder names, and checks it. @returns why not, or null */
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

  async #fetchSmall(task: Pick<Task, 'name'>, name: string, folder: string): Promise<Unfetched | null> {
    const bytes = await this.#objects.get(keyOf(task, name), path.join(folder, name), MAX_JSON_BYTES);
    if (bytes === null) return { type: 'missing' };
    if (bytes !== 'too large') return null;
    return { type: 'corrupt', problem: `${name} has more than ${formatBytes(MAX_JSON_BYTES)}` };
  }

  /** Removes the marker, so that the task can be sent again. */
  async forget(task: Pick<Task, 'name'>): Promise<void> {
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

/** What no task's marker says. */
function excessOf(files: ReadonlyMap<string, { readonly bytes: number }>): string | null {
  const own = RECORDS.find((name) => files.has(name));
  if (own !== undefined) return `${TASK_FILES.done} names ${own}`;
  if (files.size > MAX_FILES) return `${TASK_FILES.done} names more than ${formatCount(MAX_FILES)} files`;
  const bytes = [...files.values()].reduce((sum, file) => sum + file.bytes, 0);
  return bytes > MAX_TASK_BYTES
    ? `its files have ${formatBytes(bytes)}, allowed are ${formatBytes(MAX_TASK_BYTES)}`
    : null;
}
