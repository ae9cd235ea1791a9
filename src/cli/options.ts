import { availableParallelism } from 'node:os';
import type { Argv } from 'yargs';
import { installedVersions } from '../task/registry.js';
import { InputError } from '../errors.js';
import type { Question } from '../report/search/compared.js';
import type { Goal } from '../search/halving.js';
import type { Sweep } from '../sweep/load.js';
import { openSweep, type StoredSweep } from '../run/stored-sweep.js';
import { parseShard, type Shard } from '../sweep/shard.js';
import { formatCount } from '../units.js';
import { MAX_WORKERS, readProject } from '../input/project.js';
import { pluginOptions, withPlugins } from './plugins.js';

/** Options of every command that takes a sweep file. */
export interface SweepArguments {
  readonly file: string;
  readonly only: readonly string[];
  readonly set: readonly string[];
  readonly out: string;
  readonly huge: boolean;
}

/** Those of a command that may take a part of a sweep. */
export interface ShardArguments extends SweepArguments {
  readonly shard: Shard | undefined;
}

export function withSweepOptions<T>(yargs: Argv<T>): Argv<T & SweepArguments> {
  return withPlugins(yargs)
    .positional('file', {
      type: 'string',
      demandOption: true,
      describe: 'Sweep file, e.g. sweeps/quickstart.yaml',
    })
    .option('only', {
      ...repeatable,
      describe: 'Only the tasks with these values, e.g. --only seed=2,3 --only dimensions=3-12-20',
    })
    .option('set', {
      ...repeatable,
      describe: 'Values that replace those of the file, e.g. --set steps=1000 --set seed=2,3',
    })
    .option('out', outOption)
    .option('huge', { type: 'boolean', default: false, describe: 'Allow more than 100,000 tasks' });
}

export function withShardOption<T>(yargs: Argv<T>): Argv<T & Pick<ShardArguments, 'shard'>> {
  return yargs.option('shard', {
    type: 'string',
    requiresArg: true,
    coerce: parseShard,
    describe: 'Only one part of the sweep, e.g. 3/8 for the third of eight; use another --out for each part',
  });
}

/** The options that choose what settings are compared by. */
export interface MetricArguments {
  readonly metric: string | undefined;
  readonly goal: Goal | undefined;
}

export function withMetricOptions<T>(yargs: Argv<T>): Argv<T & MetricArguments> {
  return yargs
    .option('metric', {
      type: 'string',
      requiresArg: true,
      describe: 'Column of the final results to compare. Default: that of the search',
    })
    .option('goal', {
      choices: ['min', 'max'] as const,
      requiresArg: true,
      describe: 'Whether the smallest or the largest value is the best. Default: that of the search',
    });
}

/** Returns what to compare settings by; null if the user leaves it to the search. */
export function questionOf({ metric, goal }: MetricArguments): Question | null {
  if (metric !== undefined && goal !== undefined) return { metric, goal };
  if (metric === undefined && goal === undefined) return null;
  throw new InputError(
    '--metric and --goal belong together: pass both, for example --metric loss --goal min',
  );
}

/** Opens the sweep with the tasks that are known from the results in the store. */
export async function openSweepOf({
  file,
  only,
  set,
  huge,
  out,
  shard,
}: SweepArguments & Partial<ShardArguments>): Promise<StoredSweep> {
  return openSweep(file, out, { only, set, shard, allowHuge: huge, versions: installedVersions() });
}

export async function loadSweepOf(argv: SweepArguments & Partial<ShardArguments>): Promise<Sweep> {
  return (await openSweepOf(argv)).sweep;
}

/** For example `shard 3/8, 32 of 252 tasks`; empty for a whole sweep. */
export function shardText({ shard, tasks }: Pick<Sweep, 'shard' | 'tasks'>): string {
  if (shard === null) return '';
  return `shard ${shard.index}/${shard.count}, ${formatCount(tasks.length)} of ${formatCount(shard.sweepTasks)} tasks`;
}

/** What chooses the sweep and its store, as it was typed: `sweeps/mine.yaml --only seed=2 --out elsewhere`. */
export function sweepText({
  file,
  only,
  set,
  out,
  shard,
}: Pick<ShardArguments, 'file' | 'only' | 'set' | 'out' | 'shard'>): string {
  const options = [
    ...only.map((text) => ` --only ${text}`),
    ...set.map((text) => ` --set ${text}`),
    ...(shard === undefined ? [] : [` --shard ${shard.index}/${shard.count}`]),
    ...pluginOptions().map((text) => ` ${text}`),
  ];
  return `${file}${options.join('')}${out === defaultOut() ? '' : ` --out ${out}`}`;
}

export const outOption = {
  type: 'string',
  /** Read for each command, because only some commands have the option. */
  get default() {
    return defaultOut();
  },
  requiresArg: true,
  describe: 'Folder of all results',
} as const;

/** Returns the project's folder of results. */
function defaultOut(): string {
  return readProject().out ?? 'out';
}

/** Returns the project's number of workers. */
export function defaultWorkers(): number {
  return readProject().workers ?? availableParallelism();
}

/** Without its default, which `executionOf` adds for commands that must know whether it was passed. */
export const workersOption = {
  type: 'number',
  defaultDescription: 'one per core',
  requiresArg: true,
  coerce: checkWorkers,
  describe: 'Number of tasks that run at a time',
} as const;

/** One value each time it is given, so that a positional argument after it stays one. */
export const repeatable = { type: 'string', array: true, nargs: 1, default: [] as string[] } as const;

function checkWorkers(workers: number): number {
  if (Number.isInteger(workers) && workers >= 1 && workers <= MAX_WORKERS) return workers;
  throw new InputError(`--workers: expected a whole number from 1 to ${MAX_WORKERS}${received(workers)}`);
}

/** yargs makes NaN of what is no number. */
export function received(value: number): string {
  return Number.isNaN(value) ? '' : `, got ${value}`;
}
