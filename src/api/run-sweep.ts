import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defaultRunOptions } from '../run/defaults.js';
import { installedVersions } from '../task/registry.js';
import { runSweep as runTasks, type RunOptions, type RunResult } from '../run/run-sweep.js';
import { InputError } from '../errors.js';
import { installPlugins } from '../input/plugins.js';
import { installedPlugins } from '../task/plugins.js';
import type { Isolation } from '../pool/process-pool.js';
import { openSweep, type StoredSweep } from '../run/stored-sweep.js';
import type { Sweep } from '../sweep/load.js';
import type { SweepObject } from '../sweep/sweep-file.js';
import type { SweepDescription } from './sweep-description.js';
import { lineOutput } from './run-lines.js';

/** Options that select and modify the tasks of a sweep. */
export interface SweepChoice {
  /** Keeps only the tasks with these values, like `--only`; for example `['seed=2,3']`. */
  readonly only?: readonly string[];
  /** Replaces settings of the sweep, like `--set`; for example `['steps=1000']`. */
  readonly set?: readonly string[];
  /** Paths of plugins with experiments, datasets, metrics or reports. Pass the same plugins to all calls in a process. */
  readonly plugins?: readonly string[];
}

/** Options of `runSweep`. The defaults are those of `vae-sweep run`. */
export interface RunSweepOptions extends SweepChoice {
  /** Folder of the store. @default 'out' */
  readonly out?: string;
  /** Number of tasks that run at a time. @default one per core */
  readonly workers?: number;
  /** Number of retries of a task that fails. @default 1 */
  readonly retries?: number;
  /** `thread`: all workers share one process; `process`: each worker has its own process. @default 'thread' */
  readonly isolation?: Isolation;
  /** Stops with checkpoints when aborted. Call `runSweep` again to resume. */
  readonly signal?: AbortSignal;
  /**
   * Receives one line per event, and one line of progress every ten seconds.
   * @param line a line without its end
   * @default no output
   */
  readonly onLine?: (line: string) => void;
}

/** The result of `runSweep`: counts of finished and failed tasks, and the expanded sweep. */
export interface SweepResult extends RunResult {
  /** The tasks of the sweep, and where they come from. */
  readonly sweep: Sweep;
}

/**
 * Executes the pending tasks of a sweep on worker threads. Resolves when every task is done or failed, or when `signal` stopped the run.
 *
 * @param sweep the path of a sweep file, or an object with its keys and values
 * @param options the store, the choice of tasks, and how to execute them
 * @throws InputError if the sweep or an option is invalid, StoreBusyError if another process is using the store, StoreError if the
 * store can't be read or written
 * @example
 * ```js
 * import { runSweep } from 'vae-sweep';
 *
 * const stop = new AbortController();
 * process.once('SIGTERM', () => stop.abort());
 * const { done, failed, interrupted } = await runSweep(
 *   { name: 'mine', experiment: 'linear', grid: { dimensions: [[2, 4, 3]], seed: [1, 2] }, settings: { steps: 200 } },
 *   { out: 'out', workers: 2, signal: stop.signal, onLine: (line) => console.error(line) },
 * );
 * console.log(done, failed.map(({ message }) => message), interrupted);
 * ```
 */
export async function runSweep<const Experiment extends string>(
  sweep: string | SweepDescription<Experiment>,
  options: RunSweepOptions = {},
): Promise<SweepResult> {
  const outDir = options.out ?? 'out';
  const { sweep: loaded, reload, advance } = await chooseSweep(sweep, outDir, options);
  const result = await runTasks(loaded, { ...runOptionsOf(options), advance });
  return { ...result, sweep: reload?.() ?? loaded };
}

/** Returns the options of a run, with defaults. */
export function runOptionsOf(options: RunSweepOptions): RunOptions {
  return {
    ...defaultRunOptions(),
    outDir: options.out ?? 'out',
    workers: options.workers ?? availableParallelism(),
    ...(options.retries !== undefined && { retries: options.retries }),
    ...(options.isolation !== undefined && { isolation: options.isolation }),
    signal: options.signal ?? new AbortController().signal,
    output: lineOutput(options.onLine ?? (() => undefined)),
  };
}

/** Installs the plugins and opens the selected tasks of a sweep. */
export async function chooseSweep(
  sweep: string | SweepObject,
  outDir: string,
  { only = [], set = [], plugins = [] }: SweepChoice,
): Promise<StoredSweep> {
  await installOwnPlugins(plugins);
  return openSweep(sweep, outDir, { only, set, versions: installedVersions() });
}

/** Installs the plugins. Plugins can't be unloaded: their metrics would appear in the logs of all later runs of this process. */
export async function installOwnPlugins(plugins: readonly string[]): Promise<void> {
  await installPlugins(plugins);
  const requested = new Set(plugins.map((file) => realpathSync(file)));
  const others = installedPlugins().filter(({ file }) => !requested.has(file));
  if (others.length > 0)
    throw new InputError(
      `this process has already loaded other plugins (${others.map(({ file }) => file).join(', ')}): ` +
        'pass the same `plugins` to all calls',
    );
}
