import { InputError } from '../errors.js';
import type { Assignments } from './assignments.js';
import type { SettingValue } from '../task/setting-values.js';
import { summary } from '../input/problems.js';
import { experimentOf } from '../task/registry.js';
import { formatSetting, hasSetting, isSameSetting, settingOf } from '../task/settings.js';
import type { Task } from '../task/task.js';

/** Keeps the tasks that have one of the values of each of these settings. A value that no task has is an error. */
export function select(tasks: readonly Task[], only: Assignments): (task: Task) => boolean {
  for (const [name, values] of only) refuseMissing(name, values, tasks);
  const wanted = [...only];
  const isSelected = ({ settings }: Task) =>
    wanted.every(
      ([name, values]) =>
        hasSetting(settings, name) && values.some((value) => isSameSetting(value, settingOf(settings, name))),
    );
  if (!tasks.some(isSelected)) {
    const names = wanted.map(([name, values]) => `${name}=${texts(name, values, tasks).join(',')}`).join(' ');
    throw new InputError(`--only ${names}: no task has all of these; vae-sweep plan lists the tasks`);
  }
  return isSelected;
}

function refuseMissing(name: string, values: readonly SettingValue[], tasks: readonly Task[]): void {
  const there = [
    ...new Map(
      tasks
        .filter(({ settings }) => hasSetting(settings, name))
        .map(({ settings }) => settingOf(settings, name))
        .map((value) => [String(value), value]),
    ).values(),
  ];
  const missing = values.filter((value) => !there.some((other) => isSameSetting(other, value)));
  if (missing.length === 0) return;
  throw new InputError(
    `--only ${name}=${texts(name, missing, tasks).join(',')}: no task has it; there is ${summary(texts(name, there, tasks))}`,
  );
}

/** In the words of the first task's experiment that has the setting. */
function texts(name: string, values: readonly SettingValue[], tasks: readonly Task[]): string[] {
  const task = tasks.find(({ settings }) => hasSetting(settings, name));
  return values.map((value) =>
    task === undefined ? String(value) : formatSetting(experimentOf(task.settings), name, value),
  );
}
