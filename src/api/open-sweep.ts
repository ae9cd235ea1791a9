import PQueue from 'p-queue';
import { InputError } from '../errors.js';
import { openRun, runTasks, type OpenRun, type RunOptions } from '../run/run-sweep.js';
import type { Settlement } from '../run/settle.js';
import { readTaskState, taskFolder } from '../store/task-folder.js';
import { problemOf } from '../store/task-states.js';
import { prepareSweep, type PreparedSweep } from '../sweep/load.js';
import { Trials, type Trial } from '../sweep/trials.js';
import { isNumeric } from '../task/column.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { installedVersions } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { installOwnPlugins, runOptionsOf, type RunSweepOptions } from './run-sweep.js';
import type { SweepCell, SweepDescription } from './sweep-description.js';

/** Options of `openSweep`. */
export interface OpenSweepOptions extends RunSweepOptions {
  /**
   * Called when a task is done, has failed for good, or was stopped. An error that it throws ends the call of `run`.
   * @param result the task's state and metrics
   * @default nothing is called
   */
  readonly onTaskEnd?: (result: TaskResult) => void;
}

/** The state of a task after a call of `run`. */
export interface TaskResult {
  /** The task: its name, id and settings. */
  readonly task: Task;
  /** `interrupted`: stopped with a checkpoint, from which the next call resumes; `new`: not started, or stopped without a checkpoint. */
  readonly state: 'done' | 'failed' | 'corrupt' | 'interrupted' | 'new';
  /** Why it failed or is corrupt; null otherwise. */
  readonly message: string | null;
  /** The numbers of the final results by column; empty unless the task is done. A number that is not defined is null. */
  readonly metrics: Readonly<Record<string, number | null>>;
  /** Folder of the task's files. */
  readonly folder: string;
}

/** A sweep that a program extends call by call. It holds the store's lock, and keeps its processes and compiled programs. */
export interface SweepSession<Experiment extends string = string> {
  /**
   * Executes cells of the sweep: each has these settings, with all combinations of the sweep's `grid` for the others. Tasks that are done
   * are not executed again. Calls run one after the other, so pass several cells to one call to use all workers.
   * @param cells settings, or trials that `ask` returned. `[{}]` is the sweep's grid with its settings.
   * @returns the results of each cell's tasks
   * @throws InputError if a cell is invalid, StoreError if the store can't be written, StoreBusyError if another process took it over
   */
  run(cells: readonly (SweepCell<Experiment> | Trial)[]): Promise<TaskResult[][]>;
  /**
   * Returns the tasks of a cell, for example to cancel one. Executes nothing.
   * @param cell settings, or a trial that `ask` returned
   * @throws InputError if the cell is invalid
   */
  tasksOf(cell: SweepCell<Experiment> | Trial): readonly Task[];
  /**
   * Proposes points of the sweep's `space` by TPE, from what `tell` reported. The same calls give the same points.
   * @param count number of trials. @default 1
   * @throws InputError if the sweep has no `sample` with `method: tpe`
   */
  ask(count?: number): Trial[];
  /**
   * Reports the result of a trial, which `sample.goal` minimizes or maximizes.
   * @param trial a trial that `ask` returned
   * @param value the result; null if the trial failed
   */
  tell(trial: Trial, value: number | null): void;
  /**
   * Stops one task of the current call with a checkpoint. A later call with its cell resumes it.
   * @param task a task that `tasksOf` returned
   * @returns false if the current call has no such task, or the task has ended in it
   */
  cancel(task: Task): boolean;
  /** Stops running tasks with checkpoints, ends the processes and releases the store. */
  close(): Promise<void>;
}

/**
 * Opens a store for many calls. `runSweep` starts processes and compiles programs in each call, which takes seconds; a session does so
 * once. Use it for a search of your own, or for an interactive program. Tasks have the same bytes as those of `vae-sweep run`.
 *
 * While the session is open, it holds the store's lock and keeps the program alive: call `close`. If `signal` aborts, running tasks write
 * checkpoints, and `run` returns.
 *
 * @param sweep the path of a sweep file of one experiment, or an object with its keys and values: what all cells have in common
 * @param options the store, the workers, and what to call for each task
 * @throws InputError if the sweep or an option is invalid, StoreBusyError if another process is using the store
 * @example
 * ```js
 * import { openSweep } from 'vae-sweep';
 *
 * const session = await openSweep(
 *   { name: 'rates', experiment: 'linear', grid: { dimensions: [[2, 4, 3]], seed: [1, 2] }, settings: { steps: 100 } },
 *   { out: 'out', workers: 2, onTaskEnd: ({ task, state }) => console.error(state, task.name) },
 * );
 * try {
 *   for (let rate = 0.001, best = Infinity; ; rate *= 4) {
 *     const [results] = await session.run([{ learningRate: rate }]);
 *     const loss = results.reduce((sum, { metrics }) => sum + metrics.loss, 0) / results.length;
 *     console.log(rate, loss);
 *     if (loss >= best || rate > 1) break;
 *     best = loss;
 *   }
 * } finally {
 *   await session.close();
 * }
 * ```
 */
export async function openSweep<const Experiment extends string>(
  sweep: string | SweepDescription<Experiment>,
  options: OpenSweepOptions = {},
): Promise<SweepSession<Experiment>> {
  const { only = [], set = [], plugins = [] } = options;
  await installOwnPlugins(plugins);
  const prepared = prepareSweep(sweep, { only, set, versions: installedVersions() });
  const trials = new Trials(prepared);
  const experiment = prepared.definitions[0]?.experiment;
  if (experiment === undefined) throw new InputError(`${prepared.file}: expected an experiment`);
  const session = new Session(prepared, trials, await experiment.details(), options);
  await session.open();
  return session;
}

const ENDED: readonly Settlement['type'][] = ['done', 'failed', 'corrupt', 'released'];

class Session implements SweepSession {
  readonly #sweep: Pick<PreparedSweep, 'name' | 'file'>;
  readonly #trials: Trials;
  readonly #details: ExperimentDetails;
  readonly #options: RunOptions;
  readonly #close = new AbortController();
  /** One call at a time. */
  readonly #calls = new PQueue({ concurrency: 1 });
  /** All tasks of the session, which the sweep's manifest lists. */
  readonly #tasks = new Map<string, Task>();
  /** By id, for the tasks of the current call that have not ended. */
  readonly #cancellations = new Map<string, AbortController>();
  #opened: OpenRun | null = null;

  constructor(
    sweep: Pick<PreparedSweep, 'name' | 'file'>,
    trials: Trials,
    details: ExperimentDetails,
    { onTaskEnd, ...options }: OpenSweepOptions,
  ) {
    this.#sweep = sweep;
    this.#trials = trials;
    this.#details = details;
    const own = runOptionsOf(options);
    const settled = (task: Task, settlement: Settlement): void => {
      own.output.settled(task, settlement);
      if (!ENDED.includes(settlement.type)) return;
      this.#cancellations.delete(task.id);
      onTaskEnd?.(this.#resultOf(task));
    };
    this.#options = {
      ...own,
      output: { ...own.output, settled },
      signal: AbortSignal.any([own.signal, this.#close.signal]),
      cancellationOf: ({ id }) => this.#cancellations.get(id)?.signal,
    };
  }

  async open(): Promise<void> {
    const { workers } = this.#options;
    this.#opened = await openRun({ ...this.#sweep, tasks: [] }, this.#options, workers);
  }

  async run(cells: readonly object[]): Promise<TaskResult[][]> {
    const tasks = cells.map((cell) => this.#trials.tasksOf(cell));
    return this.#calls.add(async () => this.#execute(tasks));
  }

  tasksOf(cell: object): readonly Task[] {
    return this.#trials.tasksOf(cell);
  }

  ask(count = 1): Trial[] {
    return this.#trials.ask(count);
  }

  tell(trial: Trial, value: number | null): void {
    this.#trials.tell(trial, value);
  }

  cancel({ id }: Task): boolean {
    const cancellation = this.#cancellations.get(id);
    cancellation?.abort();
    return cancellation !== undefined;
  }

  async close(): Promise<void> {
    this.#close.abort('the session was closed');
    await this.#calls.onIdle();
    const opened = this.#opened;
    this.#opened = null;
    try {
      await opened?.close();
    } finally {
      await opened?.release();
    }
  }

  async #execute(cells: readonly (readonly Task[])[]): Promise<TaskResult[][]> {
    if (this.#opened === null) throw new InputError('the session is closed: open another one');
    const { run, prepare, lost, close } = this.#opened;
    const tasks = [...new Map(cells.flat().map((task) => [task.id, task])).values()];
    for (const task of tasks) {
      this.#tasks.set(task.id, task);
      this.#cancellations.set(task.id, new AbortController());
    }
    try {
      lost.throwIfAborted();
      prepare({ ...this.#sweep, tasks: [...this.#tasks.values()] });
      const { interrupted } = await runTasks({ ...run, sweep: { ...this.#sweep, tasks } }, new Set());
      if (interrupted) lost.throwIfAborted();
    } catch (error) {
      // The workers may still be executing tasks.
      await close();
      throw error;
    } finally {
      this.#cancellations.clear();
    }
    return cells.map((own) => own.map((task) => this.#resultOf(task)));
  }

  #resultOf(task: Task): TaskResult {
    const folder = taskFolder(this.#options.outDir, task);
    const found = readTaskState(folder, task.id);
    return {
      task,
      folder,
      state: found.state,
      message: problemOf(found),
      metrics: found.state === 'done' ? this.#metricsOf(task, folder) : {},
    };
  }

  #metricsOf({ settings }: Task, folder: string): Record<string, number | null> {
    const valueOf = this.#details.readSummary(folder);
    const columns = this.#details.summary(settings).filter(isNumeric);
    return Object.fromEntries(
      columns.map(({ name }) => {
        const value = valueOf(name);
        return [name, typeof value === 'number' ? value : null];
      }),
    );
  }
}
