import path from 'node:path';
import { readStatus, type StartedTask, type Status } from '../run/status.js';
import { UserError } from '../errors.js';
import { isSystemError, statsOf } from '../store/files.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { TASK_FILES, taskFolder } from '../store/task-folder.js';
import type { Sweep } from '../sweep/load.js';
import { STATE_WORDS } from '../task/states.js';
import type { Task } from '../task/task.js';
import { gridOf } from './grid.js';
import type { ProgressView, StateName, SweepChange, SweepState, TaskView } from './page/protocol.js';
import { RunLog } from './run-log.js';

/** Between two looks at the store, but at least so many times as long as a look takes: a large sweep is looked at less often. */
const LOOK_EVERY_MS = 1_500;
const LOOKS_SHARE = 50;

export interface WatchOptions {
  readonly outDir: string;
  /** Of the next run, to judge its time by. */
  readonly workers: number;
}

const NOTHING_SEEN: ProgressView = {
  summary: '',
  done: 0,
  remainingMs: null,
  owner: null,
  workers: [],
  problem: null,
};

type Listener = (change: SweepChange) => void;

/** What a sweep's store tells, and what changes in it. Reads alone; looks at nothing while nobody listens. */
export class SweepWatch {
  readonly sweep: Sweep;
  readonly log: RunLog;
  readonly #options: WatchOptions;
  readonly #listeners = new Set<Listener>();
  /** Tasks whose files do not hold what their markers say, which a look at sizes does not see. */
  readonly #corrupt = new Map<string, string>();
  #tasks: readonly TaskView[] = [];
  #progress: ProgressView = NOTHING_SEEN;
  #timer: NodeJS.Timeout | null = null;

  constructor(sweep: Sweep, options: WatchOptions) {
    this.sweep = sweep;
    this.#options = options;
    this.log = new RunLog(sweepFolder(options.outDir, sweep.name));
  }

  get outDir(): string {
    return this.#options.outDir;
  }

  /** How it is now. */
  state(): Omit<SweepState, 'sweeps' | 'experiments'> {
    this.refresh();
    const { name, title, file } = this.sweep;
    return {
      name,
      title: title ?? name,
      file,
      outDir: path.resolve(this.outDir),
      states: STATE_WORDS,
      parts: gridOf(this.sweep),
      tasks: this.#tasks,
      progress: this.#progress,
    };
  }

  /** @returns a function that ends it */
  listen(listener: Listener): () => void {
    this.#listeners.add(listener);
    this.#timer ??= this.#lookLater(LOOK_EVERY_MS);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0 || this.#timer === null) return;
      clearTimeout(this.#timer);
      this.#timer = null;
    };
  }

  /** Shows tasks as corrupt whose contents were looked at. */
  noteCorrupt(corrupt: ReadonlyMap<string, string>): void {
    this.#corrupt.clear();
    for (const [id, problem] of corrupt) this.#corrupt.set(id, problem);
  }

  #lookLater(waitMs: number): NodeJS.Timeout {
    return setTimeout(() => {
      const startMs = performance.now();
      this.refresh();
      this.#timer = this.#lookLater(Math.max(LOOK_EVERY_MS, (performance.now() - startMs) * LOOKS_SHARE));
    }, waitMs);
  }

  /** Looks at the store now and tells listeners what has changed since the last look. */
  refresh(): void {
    const { views, progress } = this.#read();
    const before = new Map(this.#tasks.map((view) => [view.id, view]));
    const tasks = views.filter((view) => !isSame(view, before.get(view.id)));
    const hasProgressed = JSON.stringify(progress) !== JSON.stringify(this.#progress);
    this.#tasks = views;
    this.#progress = progress;
    if (tasks.length > 0 || hasProgressed)
      for (const listener of this.#listeners) listener({ tasks, progress });
  }

  /** What can't be read now is as it was, and why is told: the next look may find more. */
  #read(): { views: readonly TaskView[]; progress: ProgressView } {
    const { outDir, workers } = this.#options;
    try {
      const status = readStatus(this.sweep, outDir, workers);
      const views = this.#views(status);
      return { views, progress: this.#progressOf(status, views) };
    } catch (error) {
      if (!(error instanceof UserError) && !isSystemError(error)) throw error;
      const unread = this.sweep.tasks.map(({ id }): TaskView => ({ id, ...settled('new', null) }));
      const views = this.#tasks.length > 0 ? this.#tasks : unread;
      return { views, progress: { ...this.#progress, problem: error.message } };
    }
  }

  #views(status: Status): TaskView[] {
    const views = new Map<string, Omit<TaskView, 'id'>>();
    const begun = (state: StateName, items: readonly StartedTask[]): void => {
      for (const { task, step } of items)
        views.set(task.id, { state, step, problem: null, version: this.#logSizes(task) });
    };
    begun('running', status.running);
    begun('interrupted', status.interrupted);
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

  /** Grows with every batch that is written. */
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
      workers: this.log.workers().filter(({ task }) => isRunning.has(task)),
      problem: null,
    };
  }
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
