import { sum } from 'simple-statistics';
import { InputError } from '../errors.js';
import { formatCount } from '../units.js';
import type { Space } from '../search/space.js';
import type { Search, SearchResults } from '../search/stages.js';
import { assertStepsFree, assertValidHalving } from './halving-problems.js';
import { assertValidSpace } from './space-problems.js';
import { parseAssignments, type Assignments } from './assignments.js';
import { assertNoContradictions } from './contradictions.js';
import { sampledSettings } from './draws.js';
import { expand, type Expansion, type SkippedCells } from './expand.js';
import { countCells, entriesOf } from './grid.js';
import type { Experiment } from '../task/experiment.js';
import { override } from './override.js';
import { select } from './selection.js';
import { experimentOf } from '../task/registry.js';
import { varyingSettings } from '../task/settings.js';
import { tasksOfShard, type Shard } from './shard.js';
import type { SweepDefinition, SweepObject } from './sweep-file.js';
import { readSweepObject, readSweepFile } from './sweep-file.js';
import type { Task, Versions } from '../task/task.js';

/** Larger sweeps need confirmation, because they are probably a mistake. */
const MAX_UNCONFIRMED_TASKS = 100_000;
/** Larger sweeps need too much memory. */
const MAX_TASKS = 1_000_000;

export interface SweepOptions {
  /** Texts `key=value[,value]`: keeps only the tasks with these values. */
  readonly only?: readonly string[];
  /** Texts `key=value[,value]`: replaces the values in the file. */
  readonly set?: readonly string[];
  /** Keeps only this shard of the tasks that `only` selects. */
  readonly shard?: Shard | undefined;
  /** Allows more than 100,000 tasks. @default false */
  readonly allowHuge?: boolean;
  /** Installed versions, which are part of the identity of tasks. */
  readonly versions: Versions;
}

/** The expanded content of a sweep file. */
export interface Sweep {
  readonly name: string;
  readonly title: string | null;
  /** The file's path as the user passed it. */
  readonly file: string;
  /** The distinct tasks, in the file's order; several parts may share a task. */
  readonly tasks: readonly Task[];
  /** One part per file: the file itself, or each file that it lists. No part is empty. */
  readonly parts: readonly SweepPart[];
  /** The shard that `tasks` belong to; null for the whole sweep. A shard may be empty. */
  readonly shard: SweepShard | null;
  /** Cells of searches that are no tasks, before `only` and `shard`. */
  readonly skipped: SkippedCells;
  /** The searches of its parts whose tasks depend on results. */
  readonly searches: readonly Search[];
}

export interface SweepShard extends Shard {
  /** Number of tasks in all shards. */
  readonly sweepTasks: number;
}

/** The part of a sweep that one file describes. All its tasks belong to one experiment, and its name is unique among the parts. */
export interface SweepPart {
  readonly name: string;
  readonly title: string | null;
  readonly file: string;
  readonly experiment: string;
  /** Published table that it reproduces. */
  readonly table: string | null;
  /** Names of the settings that differ between its tasks. */
  readonly varying: readonly string[];
  /** The settings whose values are sampled. */
  readonly space: Space;
  readonly tasks: readonly Task[];
}

export function experimentOfPart({ tasks: [first] }: SweepPart): Experiment {
  if (first === undefined) throw new Error('A part of a sweep has no tasks.');
  return experimentOf(first.settings);
}

/** A validated sweep file whose cells are not expanded yet. */
export interface PreparedSweep {
  readonly name: string;
  readonly title: string | null;
  readonly file: string;
  readonly definitions: readonly SweepDefinition[];
  readonly only: Assignments;
  readonly options: SweepOptions;
}

/**
 * Reads a sweep file and the files that it lists, validates them, and expands their grids. Of a search, the first stage is known.
 * @throws InputError with the place of each problem
 */
export function loadSweep(source: string | SweepObject, options: SweepOptions): Sweep {
  return expandSweep(prepareSweep(source, options), () => null);
}

/**
 * Reads a sweep file and the files that it lists, and validates them.
 * @throws InputError with the place of each problem
 */
export function prepareSweep(source: string | SweepObject, options: SweepOptions): PreparedSweep {
  const file = typeof source === 'string' ? source : source.name;
  const { name, title, definitions } =
    typeof source === 'string' ? readSweepFile(source) : readSweepObject(source);
  const experiments = [...new Set(definitions.map(({ experiment }) => experiment))];
  const only = parseAssignments('--only', options.only ?? [], experiments);
  const assigned = parseAssignments('--set', options.set ?? [], experiments);
  definitions.forEach(assertNoContradictions);
  definitions.forEach(assertValidSpace);
  definitions.forEach(assertValidHalving);
  const overridden = definitions.map((definition) =>
    override(override(definition, settingsFromLists(definition)), assigned),
  );
  overridden.forEach(assertStepsFree);
  assertCellCount(file, overridden, options.allowHuge ?? false);
  if (options.shard !== undefined && overridden.some(isSearch))
    throw new InputError(
      `--shard: ${file} is a search whose tasks depend on results, which shards do not share: use --queue`,
    );
  return { name, title, file, definitions: overridden, only, options };
}

/** Returns whether the tasks of a sweep depend on results. */
export function isSearch({ halving, sample }: SweepDefinition): boolean {
  return halving !== null || sample?.method === 'tpe';
}

/**
 * Expands the cells of a sweep.
 * @param resultsOf returns the results that a definition's search depends on, by the name of its part; null if there are none yet
 * @throws InputError with the place of each problem
 */
export function expandSweep(
  { name, title, file, definitions, only, options: { versions, shard } }: PreparedSweep,
  resultsOf: (part: string) => SearchResults | null,
): Sweep {
  const expanded = definitions.map((definition) => ({
    definition,
    ...expand(definition, versions, isSearch(definition) ? resultsOf(definition.name) : null),
  }));
  const tasks = expanded.flatMap((part) => part.tasks);
  if (tasks.length === 0) throw new InputError(`${file}: \`exclude\` removes all cells`);
  const isSelected = select(tasks, only);
  const selected = uniqueTasks(tasks.filter(isSelected));
  const own = shard === undefined ? selected : tasksOfShard(selected, shard);
  const ids = new Set(own.map(({ id }) => id));
  const parts = expanded
    .map(({ definition, tasks }) =>
      toPart(
        definition,
        tasks.filter(({ id }) => ids.has(id)),
      ),
    )
    .filter(({ tasks }) => tasks.length > 0);
  const part = shard === undefined ? null : { ...shard, sweepTasks: selected.length };
  const searches = expanded.flatMap(({ search }) => search ?? []);
  return { name, title, file, tasks: own, parts, shard: part, skipped: sumSkipped(expanded), searches };
}

/** Returns the settings that the lists above a sweep file replace. */
function settingsFromLists({ set }: SweepDefinition): Assignments {
  return new Map(entriesOf(set).map(([name, value]) => [name, [value]]));
}

function assertCellCount(file: string, definitions: readonly SweepDefinition[], allowHuge: boolean): void {
  const count = sum(definitions.map(countCells));
  const counted = `${file} has ${formatCount(count)} cells`;
  if (count > MAX_TASKS)
    throw new InputError(`${counted}; the maximum is ${formatCount(MAX_TASKS)}: split the sweep`);
  if (count > MAX_UNCONFIRMED_TASKS && !allowHuge)
    throw new InputError(
      `${counted}, more than ${formatCount(MAX_UNCONFIRMED_TASKS)}: pass --huge if this is intended`,
    );
  if (count === 0) throw new InputError(`${file} has no cells: add a \`grid\``);
}

function toPart(definition: SweepDefinition, tasks: readonly Task[]): SweepPart {
  const { name, title, source, experiment, table } = definition;
  return {
    name,
    title,
    file: source.file,
    experiment: experiment.name,
    table,
    varying: varyingSettings(tasks),
    space: definition.sample === null ? [] : sampledSettings(definition),
    tasks,
  };
}

function sumSkipped(expansions: readonly Expansion[]): SkippedCells {
  const all = expansions.map(({ skipped }) => skipped);
  return {
    notAllowed: sum(all.map(({ notAllowed }) => notAllowed)),
    example: all.find(({ example }) => example !== null)?.example ?? null,
    duplicates: sum(all.map(({ duplicates }) => duplicates)),
  };
}

function uniqueTasks(tasks: readonly Task[]): Task[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()];
}
