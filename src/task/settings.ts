import type { Experiment } from './experiment.js';
import { experimentOf } from './registry.js';
import type { SettingValue } from './setting-values.js';
import type { Settings, Task } from './task.js';

/** A task's value of a setting that its experiment has, in a sweep file's canonical form. */
export function settingOf(settings: Settings, name: string): SettingValue {
  return experimentOf(settings).settingOf(settings, name);
}

/** Whether the task's experiment has such a setting. */
export function hasSetting(settings: Settings, name: string): boolean {
  return Object.hasOwn(experimentOf(settings).schemas, name);
}

/** Whether two canonical values of one setting are the same. */
export function isSameSetting(a: SettingValue, b: SettingValue): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.join() === b.join());
}

/** As the command line takes it: `3-12-20`, `e^-4`, `[200,200,200]`, `0.001`: for people, as variances that differ little look the same. */
export function formatSetting({ words }: Experiment, name: string, value: SettingValue): string {
  const format = words[name]?.format;
  if (format !== undefined) return format(value);
  return Array.isArray(value) ? `[${value.join(',')}]` : String(value);
}

/** A task's value of a setting, as text. */
export function settingText(settings: Settings, name: string): string {
  return formatSetting(experimentOf(settings), name, settingOf(settings, name));
}

/** For example `learningRate 0.5`, or the value alone of a main setting. @param isShort whether there is little room */
export function labelSetting(settings: Settings, name: string, isShort = false): string {
  const text = settingText(settings, name);
  const { role, short } = experimentOf(settings).words[name] ?? {};
  return role === 'main' ? text : `${(isShort ? short : undefined) ?? name} ${text}`;
}

/** The names of an experiment's settings with a role. */
export function settingsWithRole({ schemas, words }: Experiment, role: 'main' | 'seed'): string[] {
  return Object.keys(schemas).filter((name) => words[name]?.role === role);
}

/** The names of an experiment's settings but its seeds. */
export function settingsExceptSeeds({ schemas, words }: Experiment): string[] {
  return Object.keys(schemas).filter((name) => words[name]?.role !== 'seed');
}

/** The names of the settings that differ between tasks of one experiment. */
export function varyingSettings([first, ...others]: readonly Task[]): string[] {
  if (first === undefined) return [];
  return Object.keys(experimentOf(first.settings).schemas).filter((name) => {
    const value = settingOf(first.settings, name);
    return others.some(({ settings }) => !isSameSetting(settingOf(settings, name), value));
  });
}

/** Those of the names that tell cells apart: all but seeds; the main settings if there are none. */
export function cellSettings(experiment: Experiment, varying: readonly string[]): readonly string[] {
  const names = varying.filter((name) => experiment.words[name]?.role !== 'seed');
  return names.length === 0 ? settingsWithRole(experiment, 'main') : names;
}

/** What tells repetitions of a run apart: the value of the first seed. Null where an experiment has none. */
export function seedOf(settings: Settings): SettingValue {
  const [seed] = settingsWithRole(experimentOf(settings), 'seed');
  return seed === undefined ? null : settingOf(settings, seed);
}
