import { stepsOf } from '../task/cost.js';
import type { Sweep, SweepPart } from '../sweep/load.js';
import { formatSetting, hasSetting, settingOf } from '../task/settings.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { GridRow, PartView, TaskInfo } from './page/protocol.js';

const SEEDS = ['seed', 'modelSeed'];

/** A sweep's tasks as the page lays them out: a row a setting, a column a seed. */
export function gridOf(sweep: Pick<Sweep, 'parts'>): PartView[] {
  return sweep.parts.map(partView);
}

function partView(part: SweepPart): PartView {
  const varying = part.varying.filter((name) => !SEEDS.includes(name));
  const settings = varying.length > 0 ? varying : ['dimensions'].filter((name) => hasAll(part, name));
  const seeds = SEEDS.filter((name) => part.varying.includes(name));
  const rowOf = (task: Task): string => labelOf(task, settings) || part.experiment;
  const columnOf = (task: Task): string => seedLabel(task, seeds.length > 0 ? seeds : ['seed']);
  const columns = [...new Set(part.tasks.map(columnOf))];
  const rows = new Map<string, Map<string, Task>>();
  for (const task of part.tasks) {
    const row = rows.get(rowOf(task)) ?? new Map<string, Task>();
    rows.set(rowOf(task), row.set(columnOf(task), task));
  }
  const toRow = ([label, tasks]: [string, Map<string, Task>]): GridRow => ({
    label,
    tasks: columns.map((column) => {
      const task = tasks.get(column);
      return task === undefined ? null : toInfo(task, `${label}, ${column}`);
    }),
  });
  return {
    name: part.name,
    title: part.title ?? part.name,
    settings: settings.map(shortName).join(', '),
    columns,
    rows: [...rows].map(toRow),
  };
}

function toInfo(task: Task, label: string): TaskInfo {
  const { id, name, settings } = task;
  const experiment = experimentOf(settings);
  const trains = experiment.unit === 'step';
  return { id, name, label, steps: stepsOf(settings), trains, experiment: experiment.name };
}

function hasAll({ tasks }: SweepPart, name: string): boolean {
  return tasks.every(({ settings }) => hasSetting(settings, name));
}

/** As `3-12-20, decoderNoise true`. */
function labelOf({ settings }: Task, names: readonly string[]): string {
  return names
    .map((name) => {
      const value = formatSetting(name, settingOf(settings, name));
      return name === 'dimensions' ? value : `${shortName(name)} ${value}`;
    })
    .join(', ');
}

/** The longest name of all is on every row of Tables 4 and 5. */
function shortName(name: string): string {
  return name === 'decoderVarianceThreshold' ? 'threshold' : name;
}

/** As `seed 2`, or `seed 2, model seed 5`. */
function seedLabel({ settings }: Task, names: readonly string[]): string {
  return names
    .filter((name) => hasSetting(settings, name))
    .map((name) => `${name === 'seed' ? 'seed' : 'model seed'} ${String(settingOf(settings, name))}`)
    .join(', ');
}
