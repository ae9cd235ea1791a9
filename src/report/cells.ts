import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import type { LogColumn } from '../task/column.js';
import { experimentOf } from '../task/registry.js';
import {
  cellSettings,
  labelSetting,
  settingOf,
  settingsExceptSeeds,
  settingsWithRole,
  settingText,
  varyingSettings,
} from '../task/settings.js';
import type { SweepPart } from '../sweep/load.js';
import type { SettingValue } from '../task/setting-values.js';
import type { Settings, Task } from '../task/task.js';
import { shownColumns } from './column-titles.js';
import { groupBy } from './group-by.js';
import { finalNumber, type MissingRun, type PartRuns, type Run } from './runs.js';

/** Statistics of one metric over the finished tasks of a cell. */
export interface Aggregate {
  readonly mean: number;
  /** Sample standard deviation (divisor n - 1); null for a single task. */
  readonly standardDeviation: number | null;
  readonly min: number;
  readonly max: number;
  /** The value of each task, with the task's label. */
  readonly values: readonly { readonly run: string; readonly value: number }[];
}

/** Tasks whose settings differ only in their seeds. */
export interface Cell<Own extends Settings = Settings> {
  /** The part of the sweep that the cell belongs to. */
  readonly part: PartRuns<Own>['part'];
  /** For example `width 16, learningRate 0.5`. */
  readonly name: string;
  /** Settings of the first task. Ignore their seeds. */
  readonly settings: Own;
  /** The settings without seeds, as fields of a table record. */
  readonly fields: RecordFields;
  readonly runs: readonly Run<Own>[];
  readonly missing: readonly MissingRun<Own>[];
  /** All tasks of the cell, finished or not, in the sweep's order. */
  readonly tasks: readonly Task<Own>[];
  /** Returns what distinguishes a task from the others of the cell, for example `seed 2`. */
  readonly label: (task: Task) => string;
  /** Summary columns that the tables of means show. */
  readonly columns: readonly LogColumn[];
  /** Statistics by summary column. Columns without a number in any task are left out. */
  readonly metrics: ReadonlyMap<string, Aggregate>;
}

/** Groups a part's tasks into cells, in the order of the tasks, and computes the statistics over their seeds. */
export function toCells<Own extends Settings>(partRuns: PartRuns<Own>): Cell<Own>[] {
  const { part, runs, missing } = partRuns;
  const runOf = new Map(runs.map((run) => [run.task.id, run]));
  const missingOf = new Map(missing.map((run) => [run.task.id, run]));
  return groupBySettings(part.tasks).map((tasks) => {
    const [first] = tasks;
    const label = labels(tasks);
    const finished = tasks.flatMap(({ id }) => runOf.get(id) ?? []);
    return {
      part,
      name: cellName(part, first),
      settings: first.settings,
      fields: fieldsOf(partRuns, first),
      runs: finished,
      missing: tasks.flatMap(({ id }) => missingOf.get(id) ?? []),
      tasks,
      label,
      columns: meansColumns(partRuns, first),
      metrics: aggregateAll(finished, label),
    };
  });
}

/** Returns a cell's name, for example `width 16, learningRate 0.5`, or the experiment's name if nothing but seeds varies. */
export function cellName(
  { varying }: Pick<SweepPart, 'varying'>,
  { settings }: Pick<Task, 'settings'>,
): string {
  const experiment = experimentOf(settings);
  const labels = cellSettings(experiment, varying).map((name) => labelSetting(settings, name));
  return labels.join(', ') || experiment.name;
}

/** Returns the summary columns whose means the tables show. */
export function meansColumns(
  { details }: Pick<PartRuns, 'details'>,
  { settings }: Pick<Task, 'settings'>,
): LogColumn[] {
  return shownColumns(details.summary(settings), details.shown?.(settings).means);
}

type RecordFields = Readonly<Record<string, string | number | null>>;

/** Returns a task's settings without its seeds as fields of a table record. */
export function fieldsOf(
  { details }: Pick<PartRuns, 'details'>,
  { settings }: Pick<Task, 'settings'>,
): RecordFields {
  if (details.fields !== undefined) return details.fields(settings);
  const experiment = experimentOf(settings);
  const fields = settingsExceptSeeds(experiment).map(
    (setting) => [setting, fieldOf(settingOf(settings, setting))] as const,
  );
  return { experiment: experiment.name, ...Object.fromEntries(fields) };
}

/** Returns a setting's value as a field of a table record. */
export function fieldOf(value: SettingValue): RecordFields[string] {
  return value === null || typeof value === 'number' || typeof value === 'string' ? value : String(value);
}

/** Returns a function that labels tasks of one experiment by their seeds, for example `seed 2`; labels are empty without seeds. */
export function labels(tasks: readonly Task[]): (task: Task) => string {
  const shown = shownSeeds(tasks);
  return ({ settings }) => shown.map((name) => labelSetting(settings, name, true)).join(', ');
}

/** Describes the tasks that are missing from a cell's numbers, grouped by reason. @param name the cell's name */
export function missingNotes(name: string, cell: Cell): string[] {
  return [...groupBy(cell.missing, ({ reason }) => reason)].map(
    ([reason, lacking]) => `${name}: ${describeRuns(cell, lacking)} missing: ${reason}`,
  );
}

/** Returns, for example, `seeds 2, 3` or `seed 2, model seed 3; seed 2, model seed 4`; the number of tasks if the cell has no seeds. */
export function describeRuns(cell: Cell, runs: readonly Pick<Run, 'task'>[]): string {
  const [seed, ...others] = shownSeeds(cell.tasks);
  const tasks = runs.map(({ task }) => task);
  if (seed === undefined) return `${runs.length} ${runs.length === 1 ? 'task' : 'tasks'}`;
  if (others.length > 0) return tasks.map(cell.label).join('; ');
  const values = [...new Set(tasks.map(({ settings }) => settingText(settings, seed)))];
  const [first] = cell.tasks;
  const { short = seed } = first ? (experimentOf(first.settings).display[seed] ?? {}) : {};
  return `${short}${values.length === 1 ? '' : 's'} ${values.join(', ')}`;
}

/** Returns the seeds that vary between the tasks, or the first seed if none does; empty if the experiment has no seeds. */
export function shownSeeds(tasks: readonly Task[]): string[] {
  const seeds = seedNames(tasks);
  const varying = varyingSettings(tasks).filter((name) => seeds.includes(name));
  return varying.length > 0 ? varying : seeds.slice(0, 1);
}

function seedNames([first]: readonly Task[]): string[] {
  return first === undefined ? [] : settingsWithRole(experimentOf(first.settings), 'seed');
}

/** Computes the statistics of one number over several tasks. @returns undefined if no task has the number */
export function aggregate<Own extends Settings>(
  runs: readonly Run<Own>[],
  label: (task: Task) => string,
  numberOf: (run: Run<Own>) => number | null,
): Aggregate | undefined {
  const values = runs.flatMap((run) => {
    const value = numberOf(run);
    return value === null ? [] : [{ run: label(run.task), value }];
  });
  const numbers = values.map(({ value }) => value);
  if (numbers.length === 0) return undefined;
  return {
    mean: mean(numbers),
    standardDeviation: numbers.length > 1 ? sampleStandardDeviation(numbers) : null,
    min: min(numbers),
    max: max(numbers),
    values,
  };
}

function groupBySettings<Own extends Settings>(tasks: readonly Task<Own>[]): [Task<Own>, ...Task<Own>[]][] {
  const noSeeds = Object.fromEntries(seedNames(tasks).map((name) => [name, null]));
  return [...groupBy(tasks, ({ settings }) => JSON.stringify({ ...settings, ...noSeeds })).values()];
}

/** Computes the statistics of every summary column that is a number in at least one of the tasks. */
export function aggregateAll(runs: readonly Run[], label: (task: Task) => string): Map<string, Aggregate> {
  const names = [...new Set(runs.flatMap(({ summary }) => [...summary.keys()]))];
  const aggregates = names.map(
    (name) => [name, aggregate(runs, label, (run) => finalNumber(run, name))] as const,
  );
  return new Map(aggregates.filter((entry): entry is [string, Aggregate] => entry[1] !== undefined));
}
