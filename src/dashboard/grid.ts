import { shownSeeds } from '../report/cells.js';
import { stepsOf } from '../task/cost.js';
import { experimentOfPart, type Sweep, type SweepPart } from '../sweep/load.js';
import { cellSettings, compareSettings, labelSetting, settingOf, settingText } from '../task/settings.js';
import type { SettingValue } from '../task/setting-values.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { GridRow, PartView, TaskInfo } from './page/protocol.js';

/** Returns the sweep's tasks as laid out on the page: one row per setting and one column per seed. */
export function gridOf(sweep: Pick<Sweep, 'parts'>): PartView[] {
  return sweep.parts.map(partView);
}

function partView(part: SweepPart): PartView {
  const experiment = experimentOfPart(part);
  const settings = cellSettings(experiment, part.varying);
  const seeds = shownSeeds(part.tasks);
  const rowOf = (task: Task): string => labelOf(task, settings) || part.experiment;
  const columnOf = (task: Task): string => labelOf(task, seeds) || 'task';
  const tasks = inOrder(part.tasks, settings);
  const columns = new Map(part.tasks.map((task) => [columnOf(task), shortOf(task, seeds) || 'task']));
  const rows = new Map<string, Map<string, Task>>();
  for (const task of tasks) {
    const row = rows.get(rowOf(task)) ?? new Map<string, Task>();
    rows.set(rowOf(task), row.set(columnOf(task), task));
  }
  const toRow = ([label, tasks]: [string, Map<string, Task>]): GridRow => ({
    label,
    tasks: [...columns.keys()].map((column) => {
      const task = tasks.get(column);
      return task === undefined ? null : toInfo(task, seeds.length === 0 ? label : `${label}, ${column}`);
    }),
  });
  return {
    name: part.name,
    title: part.title ?? part.name,
    settings: settings.map((name) => experiment.display[name]?.short ?? name).join(', '),
    columns: [...columns].map(([name, short]) => ({ name, short })),
    rows: [...rows].map(toRow),
  };
}

/** Sorts tasks by these settings, so that values of a list in any order, such as thresholds, are shown in order. */
function inOrder(tasks: readonly Task[], names: readonly string[]): Task[] {
  const keyed = tasks.map((task) => ({ task, values: names.map((name) => settingOf(task.settings, name)) }));
  return keyed.sort((a, b) => compareAll(a.values, b.values)).map(({ task }) => task);
}

function compareAll(a: readonly SettingValue[], b: readonly SettingValue[]): number {
  for (const [index, value] of a.entries()) {
    const order = compareSettings(value, b[index] ?? null);
    if (order !== 0) return order;
  }
  return 0;
}

function toInfo(task: Task, label: string): TaskInfo {
  const { id, name, settings } = task;
  const experiment = experimentOf(settings);
  return { id, name, label, steps: stepsOf(settings), unit: experiment.unit, experiment: experiment.name };
}

/** Returns the values of these settings, for example `69` or `69 3`. */
function shortOf({ settings }: Task, names: readonly string[]): string {
  return names.map((name) => settingText(settings, name)).join(' ');
}

/** Returns the names and values of these settings, for example `width 16, learningRate 0.5`. */
function labelOf({ settings }: Task, names: readonly string[]): string {
  return names.map((name) => labelSetting(settings, name, true)).join(', ');
}
