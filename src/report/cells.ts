import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import type { LogColumn } from '../task/column.js';
import { experimentOf } from '../task/registry.js';
import {
  cellSettings,
  labelSetting,
  settingOf,
  settingsButSeeds,
  settingsWithRole,
  settingText,
  varyingSettings,
} from '../task/settings.js';
import type { SweepPart } from '../sweep/load.js';
import type { SettingValue } from '../task/setting-values.js';
import type { Settings, Task } from '../task/task.js';
import { shownColumns } from './column-words.js';
import { groupBy } from './group-by.js';
import { finalNumber, type MissingRun, type PartRuns, type Run } from './runs.js';

/** A metric over the finished runs of a cell. */
export interface Aggregate {
  readonly mean: number;
  /** Of the sample (n - 1); null for one run. */
  readonly standardDeviation: number | null;
  readonly min: number;
  readonly max: number;
  /** Each run's own, by its label. */
  readonly values: readonly { readonly run: string; readonly value: number }[];
}

/** Runs that differ in their seeds only. */
export interface Cell<Own extends Settings = Settings> {
  /** The part of the sweep that it is of. */
  readonly part: PartRuns<Own>['part'];
  /** For example `width 16, learningRate 0.5`. */
  readonly name: string;
  /** Of the first run; its seeds stand for no more than that. */
  readonly settings: Own;
  /** The same as fields of a record. */
  readonly fields: RecordFields;
  readonly runs: readonly Run<Own>[];
  readonly missing: readonly MissingRun<Own>[];
  /** All tasks that were asked for, in the sweep's order. */
  readonly asked: readonly Task<Own>[];
  /** Tells a run of the cell apart from its others, as `seed 2`. */
  readonly label: (task: Task) => string;
  /** The columns of the summary that tables of means show. */
  readonly columns: readonly LogColumn[];
  /** By column of the summary; one that is no number in any run is missing. */
  readonly metrics: ReadonlyMap<string, Aggregate>;
}

/** Groups a part's runs, in the order of its tasks, and computes the means over their seeds. */
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
      asked: tasks,
      label,
      columns: meansColumns(partRuns, first),
      metrics: aggregateAll(finished, label),
    };
  });
}

/** For example `width 16, learningRate 0.5`; the experiment where nothing tells its cells apart. */
export function cellName(
  { varying }: Pick<SweepPart, 'varying'>,
  { settings }: Pick<Task, 'settings'>,
): string {
  const experiment = experimentOf(settings);
  const labels = cellSettings(experiment, varying).map((name) => labelSetting(settings, name));
  return labels.join(', ') || experiment.name;
}

/** The columns of a task's summary that tables show the means of. */
export function meansColumns(
  { details }: Pick<PartRuns, 'details'>,
  { settings }: Pick<Task, 'settings'>,
): LogColumn[] {
  return shownColumns(details.summary(settings), details.shown?.(settings).means);
}

type RecordFields = Readonly<Record<string, string | number | null>>;

/** A task's settings, seeds aside, as fields of a record. */
export function fieldsOf(
  { details }: Pick<PartRuns, 'details'>,
  { settings }: Pick<Task, 'settings'>,
): RecordFields {
  if (details.fields !== undefined) return details.fields(settings);
  const experiment = experimentOf(settings);
  const fields = settingsButSeeds(experiment).map(
    (setting) => [setting, fieldOf(settingOf(settings, setting))] as const,
  );
  return { experiment: experiment.name, ...Object.fromEntries(fields) };
}

/** A setting's value as a field of a record. */
export function fieldOf(value: SettingValue): RecordFields[string] {
  return value === null || typeof value === 'number' || typeof value === 'string' ? value : String(value);
}

/** How tasks of one experiment are told apart but for their settings, as `seed 2`; empty where an experiment has no seeds. */
export function labels(tasks: readonly Task[]): (task: Task) => string {
  const shown = shownSeeds(tasks);
  return ({ settings }) => shown.map((name) => labelSetting(settings, name, true)).join(', ');
}

/** What a cell's numbers lack: the runs that are missing, by the reason. @param name of the cell */
export function missingNotes(name: string, cell: Cell): string[] {
  return [...groupBy(cell.missing, ({ reason }) => reason)].map(
    ([reason, lacking]) => `${name}: ${describeRuns(cell, lacking)} missing: ${reason}`,
  );
}

/** As `seeds 2, 3`, or `seed 2, model seed 3; seed 2, model seed 4`; their number where a cell has no seeds. */
export function describeRuns({ asked, label }: Cell, runs: readonly Pick<Run, 'task'>[]): string {
  const [seed, ...others] = shownSeeds(asked);
  const tasks = runs.map(({ task }) => task);
  if (seed === undefined) return `${runs.length} ${runs.length === 1 ? 'run' : 'runs'}`;
  if (others.length > 0) return tasks.map(label).join('; ');
  const values = [...new Set(tasks.map(({ settings }) => settingText(settings, seed)))];
  const { short = seed } = asked[0] ? (experimentOf(asked[0].settings).words[seed] ?? {}) : {};
  return `${short}${values.length === 1 ? '' : 's'} ${values.join(', ')}`;
}

/** The seeds that vary between the tasks, or the first one; none where their experiment has no seeds. */
export function shownSeeds(tasks: readonly Task[]): string[] {
  const seeds = seedNames(tasks);
  const varying = varyingSettings(tasks).filter((name) => seeds.includes(name));
  return varying.length > 0 ? varying : seeds.slice(0, 1);
}

function seedNames([first]: readonly Task[]): string[] {
  return first === undefined ? [] : settingsWithRole(experimentOf(first.settings), 'seed');
}

/** A number of some runs. @returns undefined if no run has it */
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

/** Each column of the runs' summaries that is a number in any of them. */
export function aggregateAll(runs: readonly Run[], label: (task: Task) => string): Map<string, Aggregate> {
  const names = [...new Set(runs.flatMap(({ summary }) => [...summary.keys()]))];
  const aggregates = names.map(
    (name) => [name, aggregate(runs, label, (run) => finalNumber(run, name))] as const,
  );
  return new Map(aggregates.filter((entry): entry is [string, Aggregate] => entry[1] !== undefined));
}
