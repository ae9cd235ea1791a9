import { realpathSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { defaultRunOptions } from '../run/defaults.js';
import { installedVersions } from '../task/registry.js';
import { runSweep as runTasks, type RunResult } from '../run/run-sweep.js';
import { InputError } from '../errors.js';
import { installPlugins } from '../input/plugins.js';
import { installedPlugins } from '../task/plugins.js';
import type { Isolation } from '../pool/process-pool.js';
import { loadSweep, type Sweep } from '../sweep/load.js';
import type { SweepDescription } from '../sweep/sweep-file.js';
import { lineOutput } from './run-lines.js';

/** What chooses a sweep's tasks. */
export interface SweepChoice {
  /** Like `--only`, for example `['seed=2,3']`. */
  readonly only?: readonly string[];
  /** Like `--set`, for example `['steps=1000']`. */
  readonly set?: readonly string[];
  /** Modules with experiments, datasets, metrics or reports of your own. */
  readonly plugins?: readonly string[];
}

/** Options that are left out have the defaults of `vae-sweep run`. */
export interface RunSweepOptions extends SweepChoice {
  /** Folder of all results. @default 'out' */
  readonly out?: string;
  /** Number of tasks that run at a time. @default one per core */
  readonly workers?: number;
  /** Further tries of a task that fails. @default 1 */
  readonly retries?: number;
  readonly isolation?: Isolation;
  /** Asks for a stop with checkpoints when aborted; the same call resumes later. */
  readonly signal?: AbortSignal;
  /** Gets each line about something that happened, and one of progress every ten seconds. @default nothing is reported */
  readonly onLine?: (line: string) => void;
}

export interface SweepResult extends RunResult {
  readonly sweep: Sweep;
}

/**
 * Runs the tasks that a sweep lacks, on worker threads, and resolves when all of it has ended or a stop was asked for.
 * @param sweep a sweep file's path, or what one would hold
 * @throws InputError for a sweep that can't be run, StoreBusyError while another process has the folder
 */
export async function runSweep(
  sweep: string | SweepDescription,
  options: RunSweepOptions = {},
): Promise<SweepResult> {
  const loaded = await chooseSweep(sweep, options);
  const result = await runTasks(loaded, {
    ...defaultRunOptions(),
    outDir: options.out ?? 'out',
    workers: options.workers ?? availableParallelism(),
    ...(options.retries !== undefined && { retries: options.retries }),
    ...(options.isolation !== undefined && { isolation: options.isolation }),
    signal: options.signal ?? new AbortController().signal,
    output: lineOutput(options.onLine ?? (() => undefined)),
  });
  return { ...result, sweep: loaded };
}

export async function chooseSweep(
  sweep: string | SweepDescription,
  { only = [], set = [], plugins = [] }: SweepChoice,
): Promise<Sweep> {
  await installPlugins(plugins);
  refuseOthers(plugins);
  return loadSweep(sweep, { only, set, versions: installedVersions() });
}

/** Metrics of a plugin are in the logs of every run of this process. */
function refuseOthers(plugins: readonly string[]): void {
  const asked = new Set(plugins.map((file) => realpathSync(file)));
  const others = installedPlugins().filter(({ file }) => !asked.has(file));
  if (others.length > 0)
    throw new InputError(
      `this process has the plugins ${others.map(({ file }) => file).join(', ')} too: ` +
        'give all calls of a program the same `plugins`',
    );
}
