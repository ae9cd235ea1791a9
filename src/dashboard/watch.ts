import path from 'node:path';
import type { StoredSweep } from '../run/stored-sweep.js';
import { readStatus, type StartedTask, type Status } from '../run/status.js';
import { UserError } from '../errors.js';
import { isSystemError, statsOf } from '../store/files.js';
import { annotationsVersion } from '../store/annotations.js';
import { findRun } from '../store/run-requests.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { TASK_FILES, taskFolder } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import { STATE_LABELS } from '../task/states.js';
import type { Task } from '../task/task.js';
import { gridOf } from './grid.js';
import type { ProgressView, StateName, SweepChange, SweepState, TaskView } from './page/protocol.js';
import { RunLog } from './run-log.js';
import { searchViews } from './search-views.js';

/** The time between polls of the store. */
const POLL_EVERY_MS = 1_500;
/** The minimum ratio of the time between polls to the time of a poll, so that large sweeps are polled less often. */
const MIN_POLL_RATIO = 50;

export interface WatchOptions {
  readonly outDir: string;
  /** The number of workers of the next run, to estimate its time. */
  readonly workers: number;
}

const NOTHING_SEEN: ProgressView = {
  summary: '',
  done: 0,
  remainingMs: null,
  owner: null,
  controlRefusal: null,
  annotationsVersion: '',
  workers: [],
  problem: null,
};

/** A sweep, and a function that reads the tasks that are known by now; null if they do not depend on results. */
export type WatchedSweep = Pick<StoredSweep, 'sweep' | 'reload'>;

/** What the page shows of the sweep itself. It changes when tasks become known. */
type Known = Pick<SweepState, 'parts' | 'searches'>;

type Listener = (change: SweepChange) => void;

/** Watches a sweep in its store and reports changes. It only reads, and does not poll while nobody listens. */
export class SweepWatch {
  readonly log: RunLog;
  readonly #reload: (() => Sweep) | null;
  readonly #options: WatchOptions;
  readonly #listeners = new Set<Listener>();
  /** Tasks with files that do not match their checksums, which polls do not detect because they only compare sizes. */
  readonly #corrupt = new Map<string, string>();
  #sweep: Sweep;
  #known: Known;
  #tasks: readonly TaskView[] = [];
  #progress: ProgressView = NOTHING_SEEN;
  #timer: NodeJS.Timeout | null = null;

  constructor({ sweep, reload }: WatchedSweep, options: WatchOptions) {
    this.#sweep = sweep;
    this.#known = knownOf(sweep);
    this.#reload = reload;
    this.#options = options;
    this.log = new RunLog(sweepFolder(options.outDir, sweep.name));
  }

  /** The sweep with the tasks that were known when the store was last read. */
  get sweep(): Sweep {
    return this.#sweep;
  }

  get outDir(): string {
    return this.#options.outDir;
  }

  /** Returns the current state. */
  state(): Omit<SweepState, 'sweeps' | 'experiments'> {
    this.refresh();
    const { name, title, file } = this.sweep;
    return {
      name,
      title: title ?? name,
      file,
      outDir: path.resolve(this.outDir),
      states: STATE_LABELS,
      ...this.#known,
      tasks: this.#tasks,
      progress: this.#progress,
    };
  }

  /** Calls the listener with every change. @returns a function that removes the listener */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#timer ??= this.#pollLater(POLL_EVERY_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || this.#timer === null) return;
      clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  /** Marks tasks as corrupt after their contents were read. */
  markCorrupt(corrupt: ReadonlyMap<string, string>): void {
    this.#corrupt.clear();
    for (const [id, problem] of corrupt) this.#corrupt.set(id, problem);
  }

  #pollLater(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const startMs = performance.now();
      this.refresh();
      this.#timer = this.#pollLater(Math.max(POLL_EVERY_MS, (performance.now() - startMs) * MIN_POLL_RATIO));
    }, waitMs);
  }

  /** Reads the store now and reports changes since the last time to the listeners. */
  refresh(): void {
    const knownBefore = this.#known;
    const { views, progress } = this.#read();
    const before = new Map(this.#tasks.map((view) => [view.id, view]));
    const tasks = views.filter((view) => !isSame(view, before.get(view.id)));
    const hasProgressed = JSON.stringify(progress) !== JSON.stringify(this.#progress);
    this.#tasks = views;
    this.#progress = progress;
    const known = this.#known === knownBefore ? null : this.#known;
    if (tasks.length > 0 || hasProgressed || known !== null)
      for (const listener of this.#listeners) listener({ known, tasks, progress });
  }

  /** Reads the store. If it can't be read now, returns the previous state with the problem: the next poll may succeed. */
  #read(): { views: readonly TaskView[]; progress: ProgressView } {
    const { outDir, workers } = this.#options;
    try {
      this.#expand();
      const status = readStatus(this.sweep, outDir, workers);
      const views = this.#views(status);
      return { views, progress: this.#progressOf(status, views) };
    } catch (error) {
      if (!(error instanceof UserError) && !isSystemError(error)) throw error;
      const before = new Map(this.#tasks.map((view) => [view.id, view]));
      const views = this.sweep.tasks.map(({ id }) => before.get(id) ?? { id, ...settled('new', null) });
      return { views, progress: { ...this.#progress, problem: error.message } };
    }
  }

  /** Finds the tasks that are known by now, if they depend on results. */
  #expand(): void {
    if (this.#reload === null) return;
    this.#sweep = this.#reload();
    const known = knownOf(this.#sweep);
    if (JSON.stringify(known) !== JSON.stringify(this.#known)) this.#known = known;
  }

  #views(status: Status): TaskView[] {
    const views = new Map<string, Omit<TaskView, 'id'>>();
    const addStarted = (state: StateName, items: readonly StartedTask[]): void => {
      for (const { task, step } of items)
        views.set(task.id, { state, step, problem: null, version: this.#logSizes(task) });
    };
    addStarted('running', status.running);
    addStarted('interrupted', status.interrupted);
    for (const { task, failure } of status.failed)
      views.set(task.id, { ...settled('failed', failure.message), step: failure.step });
    for (const { task, problem } of status.corrupt) views.set(task.id, settled('corrupt', problem));
    for (const task of status.pending) views.set(task.id, settled('new', null));
    return this.sweep.tasks.map(({ id }) => ({ id, ...(views.get(id) ?? this.#done(id)) }));
  }

  #done(id: string): Omit<TaskView, 'id'> {
    const problem = this.#corrupt.get(id);
    return problem === undefined ? settled('done', null) : settled('corrupt', problem);
  }

  /** Returns a version of the task's logs, which changes with every batch that is written. */
  #logSizes(task: Task): string {
    const folder = taskFolder(this.outDir, task);
    return [TASK_FILES.stepsStream, TASK_FILES.evaluationsStream, TASK_FILES.rowsStream]
      .map((name) => statsOf(path.join(folder, name))?.size ?? 0)
      .join('-');
  }

  #progressOf(status: Status, views: readonly TaskView[]): ProgressView {
    const { summary, remainingMs, owner, running } = status;
    const isRunning = new Set(running.map(({ task }) => task.name));
    return {
      summary,
      done: views.filter(({ state }) => state === 'done').length,
      remainingMs,
      owner: owner?.description ?? null,
      controlRefusal: controlRefusalOf(this.outDir, this.sweep),
      annotationsVersion: annotationsVersion(this.outDir),
      workers: this.log.workers().filter(({ task }) => isRunning.has(task)),
      problem: null,
    };
  }
}

function controlRefusalOf(outDir: string, sweep: Sweep): string | null {
  const run = findRun(outDir, sweep);
  return run.isOpen ? null : run.advice;
}

function knownOf(sweep: Sweep): Known {
  return { parts: gridOf(sweep), searches: searchViews(sweep) };
}

function settled(state: StateName, problem: string | null): Omit<TaskView, 'id'> {
  return { state, step: null, problem, version: state };
}

function isSame(view: TaskView, before: TaskView | undefined): boolean {
  return (
    before?.state === view.state &&
    before.step === view.step &&
    before.problem === view.problem &&
    before.version === view.version
  );
}
