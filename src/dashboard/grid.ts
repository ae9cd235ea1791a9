import { stepsOf } from '../task/cost.js';
import { experimentOfPart, type Sweep, type SweepPart } from '../sweep/load.js';
import { cellSettings, labelSetting, settingsWithRole } from '../task/settings.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { GridRow, PartView, TaskInfo } from './page/protocol.js';

/** A sweep's tasks as the page lays them out: a row a setting, a column a seed. */
export function gridOf(sweep: Pick<Sweep, 'parts'>): PartView[] {
  return sweep.parts.map(partView);
}

function partView(part: SweepPart): PartView {
  const experiment = experimentOfPart(part);
  const settings = cellSettings(experiment, part.varying);
  const allSeeds = settingsWithRole(experiment, 'seed');
  const seeds = allSeeds.filter((name) => part.varying.includes(name));
  const rowOf = (task: Task): string => labelOf(task, settings) || part.experiment;
  const columnOf = (task: Task): string => labelOf(task, seeds.length > 0 ? seeds : allSeeds.slice(0, 1));
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
    settings: settings.map((name) => experiment.words[name]?.short ?? name).join(', '),
    columns,
    rows: [...rows].map(toRow),
  };
}

function toInfo(task: Task, label: string): TaskInfo {
  const { id, name, settings } = task;
  return { id, name, label, steps: stepsOf(settings), experiment: experimentOf(settings).name };
}

/** As `3-12-20, decoderNoise true`. */
function labelOf({ settings }: Task, names: readonly string[]): string {
  return names.map((name) => labelSetting(settings, name, true)).join(', ');
}
