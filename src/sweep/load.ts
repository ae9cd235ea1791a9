import { InputError } from '../errors.js';
import { formatCount } from '../units.js';
import { parseAssignments, type Assignments } from './assignments.js';
import { refuseContradictions } from './contradictions.js';
import { expand } from './expand.js';
import { countCells, entriesOf } from './grid.js';
import type { Experiment } from '../task/experiment.js';
import { override } from './override.js';
import { select } from './selection.js';
import { experimentOf } from '../task/registry.js';
import { varyingSettings } from '../task/settings.js';
import { tasksOfShard, type Shard } from './shard.js';
import type { SweepDefinition, SweepDescription } from './sweep-file.js';
import { readDescription, readSweepFile } from './sweep-file.js';
import type { Task, Versions } from '../task/task.js';

/** A larger sweep is probably a mistake. */
const MANY_TASKS = 100_000;
/** A larger sweep needs too much memory. */
const MAX_TASKS = 1_000_000;

export interface SweepOptions {
  /** `key=value[,value]`: keeps only the tasks with these values. */
  readonly only?: readonly string[];
  /** `key=value[,value]`: in place of the values in the file. */
  readonly set?: readonly string[];
  /** Keeps only this part of the tasks that `only` leaves. */
  readonly shard?: Shard | undefined;
  /** Whether a sweep of more than 100,000 tasks is meant. */
  readonly allowHuge?: boolean;
  /** Those installed here, which decide the bits of what would be made. */
  readonly versions: Versions;
}

/** All that a sweep file asks for. */
export interface Sweep {
  readonly name: string;
  readonly title: string | null;
  /** The file's path as it was given. */
  readonly file: string;
  /** In the file's order, each once, even if several parts have it. */
  readonly tasks: readonly Task[];
  /** One for each experiment: the file's own, or those of the files that it lists. None is empty. */
  readonly parts: readonly SweepPart[];
  /** The shard that `tasks` are, which may be none, or null for all of the sweep. */
  readonly shard: SweepShard | null;
}

export interface SweepShard extends Shard {
  /** Tasks of all shards together. */
  readonly sweepTasks: number;
}

/** One experiment's sweep. Its name is unique among the parts. */
export interface SweepPart {
  readonly name: string;
  readonly title: string | null;
  readonly file: string;
  readonly experiment: string;
  /** The printed table that it reproduces. */
  readonly table: string | null;
  /** Settings that differ between its tasks. */
  readonly varying: readonly string[];
  readonly tasks: readonly Task[];
}

export function experimentOfPart({ tasks: [first] }: SweepPart): Experiment {
  if (first === undefined) throw new Error('A part of a sweep has no tasks.');
  return experimentOf(first.settings);
}

/** Reads a sweep file and those that it lists, checks them, and expands their grids. Throws an InputError that says where. */
export function loadSweep(source: string | SweepDescription, options: SweepOptions): Sweep {
  const file = typeof source === 'string' ? source : source.name;
  const { name, title, definitions } =
    typeof source === 'string' ? readSweepFile(source) : readDescription(source);
  const experiments = [...new Set(definitions.map(({ experiment }) => experiment))];
  const only = parseAssignments('--only', options.only ?? [], experiments);
  const assigned = parseAssignments('--set', options.set ?? [], experiments);
  definitions.forEach(refuseContradictions);
  const overridden = definitions.map((definition) =>
    override(override(definition, listed(definition)), assigned),
  );
  refuseTooMany(file, overridden, options.allowHuge ?? false);
  const expanded = overridden.map((definition) => ({
    definition,
    tasks: expand(definition, options.versions),
  }));
  const tasks = expanded.flatMap((part) => part.tasks);
  if (tasks.length === 0) throw new InputError(`${file} has no cells left: \`exclude\` drops them all`);
  const isSelected = select(tasks, only);
  const selected = uniqueTasks(tasks.filter(isSelected));
  const { shard } = options;
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
  return { name, title, file, tasks: own, parts, shard: part };
}

/** What the lists that name the sweep give in place of its own settings. */
function listed({ set }: SweepDefinition): Assignments {
  return new Map(entriesOf(set).map(([name, value]) => [name, [value]]));
}

function refuseTooMany(file: string, definitions: readonly SweepDefinition[], allowHuge: boolean): void {
  const count = definitions.map(countCells).reduce((sum, cells) => sum + cells, 0);
  const counted = `${file} has ${formatCount(count)} cells`;
  if (count > MAX_TASKS)
    throw new InputError(`${counted}; a sweep has at most ${formatCount(MAX_TASKS)}: split it`);
  if (count > MANY_TASKS && !allowHuge)
    throw new InputError(`${counted}, more than ${formatCount(MANY_TASKS)}: pass --yes if that is meant`);
  if (count === 0) throw new InputError(`${file} has no cells: give it a grid`);
}

function toPart(definition: SweepDefinition, tasks: readonly Task[]): SweepPart {
  const { name, title, source, experiment, table } = definition;
  const varying = varyingSettings(tasks);
  return { name, title, file: source.file, experiment: experiment.name, table, varying, tasks };
}

function uniqueTasks(tasks: readonly Task[]): Task[] {
  return [...new Map(tasks.map((task) => [task.id, task])).values()];
}
