import { InputError } from '../errors.js';
import type { Assignments } from './assignments.js';
import type { SettingValue } from '../task/setting-values.js';
import { joinTruncated } from '../input/problems.js';
import { experimentOf } from '../task/registry.js';
import { formatSetting, hasSetting, isSameSetting, settingOf } from '../task/settings.js';
import type { Task } from '../task/task.js';

/**
 * Returns a predicate for the tasks that have one of the listed values of every setting.
 * @throws InputError if no task has one of the values, or no task matches all settings
 */
export function select(tasks: readonly Task[], only: Assignments): (task: Task) => boolean {
  for (const [name, values] of only) assertValuesExist(name, values, tasks);
  const filters = [...only];
  const isSelected = ({ settings }: Task) =>
    filters.every(
      ([name, values]) =>
        hasSetting(settings, name) && values.some((value) => isSameSetting(value, settingOf(settings, name))),
    );
  if (!tasks.some(isSelected)) {
    const names = filters
      .map(([name, values]) => `${name}=${texts(name, values, tasks).join(',')}`)
      .join(' ');
    throw new InputError(
      `--only ${names}: no task has all of these values. Run vae-sweep plan to list the tasks.`,
    );
  }
  return isSelected;
}

function assertValuesExist(name: string, values: readonly SettingValue[], tasks: readonly Task[]): void {
  const present = [
    ...new Map(
      tasks
        .filter(({ settings }) => hasSetting(settings, name))
        .map(({ settings }) => settingOf(settings, name))
        .map((value) => [String(value), value]),
    ).values(),
  ];
  const missing = values.filter((value) => !present.some((other) => isSameSetting(other, value)));
  if (missing.length === 0) return;
  throw new InputError(
    `--only ${name}=${texts(name, missing, tasks).join(',')}: no task has this value. ` +
      `Existing values: ${joinTruncated(texts(name, present, tasks))}`,
  );
}

/** Formats values like the experiment of the first task that has the setting. */
function texts(name: string, values: readonly SettingValue[], tasks: readonly Task[]): string[] {
  const task = tasks.find(({ settings }) => hasSetting(settings, name));
  return values.map((value) =>
    task === undefined ? String(value) : formatSetting(experimentOf(task.settings), name, value),
  );
}
