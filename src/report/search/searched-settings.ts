import type { Distribution } from '../../search/distributions.js';
import { importanceOf, type Importance } from '../../search/importance.js';
import { withoutInactive } from '../../search/space.js';
import { experimentOf } from '../../task/registry.js';
import type { SettingValue } from '../../task/setting-values.js';
import { settingOf, settingsExceptSeeds, varyingSettings } from '../../task/settings.js';
import type { Task } from '../../task/task.js';
import type { Comparison } from './compared.js';

/** A setting that differs between the compared points. */
export interface SearchedSetting {
  readonly name: string;
  /** Null if its values are listed instead of sampled. */
  readonly distribution: Distribution | null;
  readonly importance: Importance;
}

/** Returns the settings that differ between the points, the most important first. */
export function searchedSettings(comparison: Comparison): SearchedSetting[] {
  const { part, unselected } = comparison;
  const tasks = unselected.map(({ task }) => task);
  const [first] = tasks;
  const names = first === undefined ? [] : settingsExceptSeeds(experimentOf(first.settings));
  return varyingSettings(tasks)
    .filter((name) => names.includes(name))
    .map((name) => {
      const active = unselected.flatMap(({ task, mean }) => {
        const value = activeValue(comparison, task, name);
        return value === undefined ? [] : [{ value, mean }];
      });
      return {
        name,
        distribution: part.space.find((setting) => setting.name === name)?.distribution ?? null,
        importance: importanceOf(
          active.map(({ value }) => value),
          active.map(({ mean }) => mean),
        ),
      };
    })
    .sort((a, b) => sortKey(b) - sortKey(a));
}

function sortKey({ importance: { explained, correlation } }: SearchedSetting): number {
  if (explained === null) return -1;
  // Without an effect beyond chance, the correlation decides.
  return explained.value + 1e-6 * Math.abs(correlation?.value ?? 0);
}

/** Returns a task's value of a setting; undefined if a condition of the space (`when`) makes the setting inactive. */
export function activeValue(
  { part: { space } }: Comparison,
  { settings }: Task,
  name: string,
): SettingValue | undefined {
  const value = settingOf(settings, name);
  if (!space.some((setting) => setting.name === name)) return value;
  const names = space.flatMap((setting) => [setting.name, ...Object.keys(setting.when)]);
  const values = Object.fromEntries(names.map((other) => [other, settingOf(settings, other)]));
  return withoutInactive(space, values)[name];
}
