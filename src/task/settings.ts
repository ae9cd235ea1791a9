import type { Experiment } from './experiment.js';
import { experimentOf } from './registry.js';
import type { SettingValue } from './setting-values.js';
import type { Settings, Task } from './task.js';

/** Returns a task's value of a setting of its experiment, in canonical form. */
export function settingOf(settings: Settings, name: string): SettingValue {
  return experimentOf(settings).settingOf(settings, name);
}

/** Returns whether the task's experiment has a setting of this name. */
export function hasSetting(settings: Settings, name: string): boolean {
  return Object.hasOwn(experimentOf(settings).schemas, name);
}

/** Returns whether two canonical values of a setting are equal. */
export function isSameSetting(a: SettingValue, b: SettingValue): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join() === b.join());
}

/** Compares two values of a setting for sorting: numbers and lists by size, and texts alphabetically. `none` comes first. */
export function compareSettings(a: SettingValue, b: SettingValue): number {
  if (isSameSetting(a, b)) return 0;
  if (a === null || b === null) return a === null ? -1 : 1;
  if (typeof a === 'number' && typeof b === 'number') return a - b;
  if (typeof a !== 'object' || typeof b !== 'object') return String(a).localeCompare(String(b), 'en');
  const first = a.findIndex((value, index) => value !== b[index]);
  return first < 0 ? a.length - b.length : (a[first] ?? 0) - (b[first] ?? -Infinity);
}

/**
 * Formats a value in the form that the command line accepts, for example `3-12-20`, `e^-4`, `[200,200,200]` or `0.001`. Do not use the
 * text as a key: it rounds variances.
 */
export function formatSetting({ display }: Experiment, name: string, value: SettingValue): string {
  const format = display[name]?.format;
  if (format !== undefined) return format(value);
  return Array.isArray(value) ? `[${value.join(',')}]` : String(value);
}

/** Returns a task's value of a setting as text. */
export function settingText(settings: Settings, name: string): string {
  return formatSetting(experimentOf(settings), name, settingOf(settings, name));
}

/** Returns, for example, `learningRate 0.5`; only the value of a main setting. @param isShort whether to use the short name */
export function labelSetting(settings: Settings, name: string, isShort = false): string {
  const text = settingText(settings, name);
  const { role, short } = experimentOf(settings).display[name] ?? {};
  return role === 'main' ? text : `${(isShort ? short : undefined) ?? name} ${text}`;
}

/** Returns the names of an experiment's settings with a role. */
export function settingsWithRole({ schemas, display }: Experiment, role: 'main' | 'seed'): string[] {
  return Object.keys(schemas).filter((name) => display[name]?.role === role);
}

/** Returns the names of an experiment's settings except its seeds. */
export function settingsExceptSeeds({ schemas, display }: Experiment): string[] {
  return Object.keys(schemas).filter((name) => display[name]?.role !== 'seed');
}

/** Returns a key that is equal for tasks of an experiment that differ only in their seeds. */
export function settingsKey({ settings }: Task): string {
  const names = settingsExceptSeeds(experimentOf(settings));
  return JSON.stringify(names.map((name) => settingOf(settings, name)));
}

/** Returns the names of the settings that differ between tasks of one experiment. */
export function varyingSettings([first, ...others]: readonly Task[]): string[] {
  if (first === undefined) return [];
  return Object.keys(experimentOf(first.settings).schemas).filter((name) => {
    const value = settingOf(first.settings, name);
    return others.some(({ settings }) => !isSameSetting(settingOf(settings, name), value));
  });
}

/** Returns the settings that label cells: the varying settings except seeds, or the main settings if there are none. */
export function cellSettings(experiment: Experiment, varying: readonly string[]): readonly string[] {
  const names = varying.filter((name) => experiment.display[name]?.role !== 'seed');
  return names.length === 0 ? settingsWithRole(experiment, 'main') : names;
}

/** Returns the value of the first seed, which distinguishes repetitions; null if the experiment has no seeds. */
export function seedOf(settings: Settings): SettingValue {
  const [seed] = settingsWithRole(experimentOf(settings), 'seed');
  return seed === undefined ? null : settingOf(settings, seed);
}
