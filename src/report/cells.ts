import { max, mean, min, sampleStandardDeviation } from 'simple-statistics';
import { experimentOf } from '../task/registry.js';
import { labelSetting, settingOf, settingsWithRole } from '../task/settings.js';
import type { Task, TrainingSettings, TrainingTask } from '../task/task.js';
import { finalNumber, numberBeforeEnd, type MissingRun, type PartRuns, type Run } from './runs.js';

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
export interface Cell {
  /** Of the first run; its seeds stand for no more than that. */
  readonly settings: TrainingSettings;
  readonly runs: readonly Run[];
  readonly missing: readonly MissingRun[];
  /** Labels of all runs that were asked for, as `seed 2`, in the sweep's order. */
  readonly asked: readonly string[];
  /** By column of the evaluation log, at the last evaluation; a metric that is null in every run is missing. */
  readonly metrics: ReadonlyMap<string, Aggregate>;
  /** `metrics` at the last evaluation before the end of training. */
  readonly metricsBeforeEnd: ReadonlyMap<string, Aggregate>;
}

/** Groups a part's runs, in the order of its tasks, and computes the means over their seeds. */
export function toCells({ part, runs, missing }: PartRuns): Cell[] {
  const runOf = new Map(runs.map((run) => [run.task.id, run]));
  const missingOf = new Map(missing.map((run) => [run.task.id, run]));
  return groupBySettings(part.tasks).map(([first, ...others]) => {
    const tasks = [first, ...others];
    const label = labels(tasks);
    const finished = tasks.flatMap(({ id }) => runOf.get(id) ?? []);
    return {
      settings: first.settings,
      runs: finished,
      missing: tasks.flatMap(({ id }) => missingOf.get(id) ?? []),
      asked: tasks.map(label),
      metrics: aggregateAll(finished, label),
      metricsBeforeEnd: aggregateAll(finished, label, numberBeforeEnd),
    };
  });
}

/** How runs of a cell are told apart: by the seeds that vary, or by their first. */
export function labels(tasks: readonly Task[]): (task: Task) => string {
  const seeds = seedNames(tasks);
  const varying = seeds.filter(
    (name) => new Set(tasks.map(({ settings }) => settingOf(settings, name))).size > 1,
  );
  const shown = varying.length > 0 ? varying : seeds.slice(0, 1);
  return ({ settings }) => shown.map((name) => labelSetting(settings, name, true)).join(', ');
}

function seedNames([first]: readonly Task[]): string[] {
  return first === undefined ? [] : settingsWithRole(experimentOf(first.settings), 'seed');
}

/** @returns undefined for no values */
function toAggregate(values: Aggregate['values']): Aggregate | undefined {
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

function groupBySettings(tasks: readonly TrainingTask[]): [TrainingTask, ...TrainingTask[]][] {
  const noSeeds = Object.fromEntries(seedNames(tasks).map((name) => [name, null]));
  const groups = new Map<string, [TrainingTask, ...TrainingTask[]]>();
  for (const task of tasks) {
    const key = JSON.stringify({ ...task.settings, ...noSeeds });
    const group = groups.get(key);
    if (group) group.push(task);
    else groups.set(key, [task]);
  }
  return [...groups.values()];
}

/**
 * Each metric over the runs; one that is null in every run is missing.
 * @param numberOf a run's value of a metric. Default: at its last evaluation
 */
export function aggregateAll(
  runs: readonly Run[],
  label: (task: Task) => string,
  numberOf: (run: Run, metric: string) => number | null = finalNumber,
): Map<string, Aggregate> {
  const names = runs[0]?.evaluations.schema.fields.map(({ name }) => name) ?? [];
  const aggregates = names.map((name) => {
    const values = runs.flatMap((run) => {
      const value = numberOf(run, name);
      return value === null ? [] : [{ run: label(run.task), value }];
    });
    return [name, toAggregate(values)] as const;
  });
  return new Map(aggregates.filter((entry): entry is [string, Aggregate] => entry[1] !== undefined));
}
