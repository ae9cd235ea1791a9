import { toCells, type Aggregate, type Cell } from '../cells.js';
import type { PartRuns } from '../runs.js';
import type { Experiment } from '../../task/experiment.js';
import { experimentOf } from '../../task/registry.js';
import {
  hasSetting,
  isSameSetting,
  labelSetting,
  settingOf,
  settingsExceptSeeds,
  settingText,
  varyingSettings,
} from '../../task/settings.js';
import type { Settings, Task } from '../../task/task.js';
import { shortTitleOf } from '../column-titles.js';
import { formatAggregate, formatDifference, formatNumber, MISSING } from './format.js';
import type { Table } from './table.js';

/** One of the two compared sweeps. */
export interface Side {
  readonly name: string;
  readonly parts: readonly PartRuns[];
}

interface Match {
  readonly name: string;
  readonly a: Cell;
  readonly b: Cell;
}

/**
 * Compares the means of two sweeps, with one row per cell and metric. Cells match if they have the same experiment and the same values
 * of all settings, except seeds, that vary within either sweep. Settings that are constant within each sweep may differ: they are what
 * is compared.
 */
export function comparisonTable(a: Side, b: Side): Table {
  const { matches, unmatched } = matchCells(a, b);
  const rows = matches.flatMap(({ name, a: first, b: second }) =>
    first.columns.flatMap((column) => {
      const [one, other] = [first.metrics.get(column.name), second.metrics.get(column.name)];
      return one === undefined && other === undefined ? [] : [{ name, cell: first, column, one, other }];
    }),
  );
  return {
    name: `${a.name}-and-${b.name}`,
    title: `${a.name} (A) and ${b.name} (B)`,
    caption:
      'Mean ± standard deviation over the finished tasks; the standard error is that of the difference of two independent means.',
    head: ['cell', 'metric', ...COMPARISON_HEAD],
    body: rows.map(({ name, column, one, other }) => [
      name,
      shortTitleOf(column),
      ...comparisonCells(one, other),
    ]),
    notes: [...differences(a, b), ...unmatched],
    records: rows.map(({ name, cell, column, one, other }) => ({
      ...cell.fields,
      cell: name,
      metric: column.name,
      meanA: one?.mean ?? null,
      standardDeviationA: one?.standardDeviation ?? null,
      runsA: one?.values.length ?? 0,
      meanB: other?.mean ?? null,
      standardDeviationB: other?.standardDeviation ?? null,
      runsB: other?.values.length ?? 0,
      ...compareAggregates(one, other),
    })),
  };
}

export const COMPARISON_HEAD = ['A', 'B', 'B - A', 'standard error'];

/** Returns the table cells that compare two means, one for each column of `COMPARISON_HEAD`. */
export function comparisonCells(one: Aggregate | undefined, other: Aggregate | undefined): string[] {
  const { difference, standardError } = compareAggregates(one, other);
  return [
    formatAggregate(one),
    formatAggregate(other),
    difference === null ? MISSING : formatDifference(difference),
    formatNumber(standardError),
  ];
}

/** Returns the difference of two means and its standard error by Welch, for unequal variances; null if a side has a single task. */
export function compareAggregates(one: Aggregate | undefined, other: Aggregate | undefined) {
  if (one === undefined || other === undefined) return { difference: null, standardError: null };
  const difference = other.mean - one.mean;
  if (one.standardDeviation === null || other.standardDeviation === null)
    return { difference, standardError: null };
  const standardError = Math.sqrt(
    one.standardDeviation ** 2 / one.values.length + other.standardDeviation ** 2 / other.values.length,
  );
  return { difference, standardError };
}

function matchCells(a: Side, b: Side): { matches: Match[]; unmatched: string[] } {
  const varying = varyingByExperiment([tasksOf(a), tasksOf(b)]);
  const nameOf = ({ settings }: Cell) => nameByVarying(settings, varying);
  const byName = (side: Side) => new Map(side.parts.flatMap(toCells).map((cell) => [nameOf(cell), cell]));
  const [first, second] = [byName(a), byName(b)];
  const matches = [...first].flatMap(([name, cell]) => {
    const other = second.get(name);
    return other === undefined ? [] : [{ name, a: cell, b: other }];
  });
  const alone = (own: ReadonlyMap<string, Cell>, others: ReadonlyMap<string, Cell>, side: Side) =>
    [...own.keys()].filter((name) => !others.has(name)).map((name) => `${name} is only in ${side.name}`);
  return { matches, unmatched: [...alone(first, second, a), ...alone(second, first, b)] };
}

function tasksOf({ parts }: Side): Task[] {
  return parts.flatMap(({ part }) => part.tasks);
}

/** Returns the names of all settings except seeds. */
function comparedNames(tasks: readonly Task[]): string[] {
  return [...new Set(experimentsOf(tasks).flatMap(settingsExceptSeeds))];
}

function experimentsOf(tasks: readonly Task[]): Experiment[] {
  return [...new Set(tasks.map(({ settings }) => experimentOf(settings)))];
}

/** Returns the settings that vary among the tasks of one experiment in at least one of the groups. */
function varyingByExperiment(groups: readonly (readonly Task[])[]): Set<string> {
  const varying = groups.flatMap((tasks) =>
    experimentsOf(tasks).flatMap((experiment) =>
      varyingSettings(tasks.filter(({ settings }) => experimentOf(settings) === experiment)),
    ),
  );
  return new Set(comparedNames(groups.flat()).filter((name) => varying.includes(name)));
}

function isConstant(name: string, tasks: readonly Task[]): boolean {
  const [first] = tasks;
  if (first === undefined) return true;
  if (!tasks.every(({ settings }) => hasSetting(settings, name))) return false;
  const value = settingOf(first.settings, name);
  return tasks.every(({ settings }) => isSameSetting(settingOf(settings, name), value));
}

/** For example `mlp-classifier, width 16, learningRate 0.5`. */
function nameByVarying(settings: Settings, varying: ReadonlySet<string>): string {
  const parts = [...varying]
    .filter((name) => hasSetting(settings, name))
    .map((name) => labelSetting(settings, name));
  return [experimentOf(settings).name, ...parts].join(', ');
}

/** Describes the settings that are constant within each sweep but differ between them, for example `width: 16 in A, 32 in B`. */
function differences(a: Side, b: Side): string[] {
  const [first, second] = [tasksOf(a), tasksOf(b)];
  return comparedNames([...first, ...second]).flatMap((name) => {
    const [one, other] = [first[0], second[0]];
    if (one === undefined || other === undefined || !isConstant(name, first) || !isConstant(name, second))
      return [];
    if (isSameSetting(settingOf(one.settings, name), settingOf(other.settings, name))) return [];
    return [`${name}: ${settingText(one.settings, name)} in A, ${settingText(other.settings, name)} in B`];
  });
}
