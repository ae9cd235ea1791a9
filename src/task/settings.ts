import { ENGINE_NAMES, type StoredEngine } from '../experiments/vae/settings/engine-names.js';
import type { SettingValue } from './setting-values.js';
import { experimentOf } from './registry.js';
import type { Settings } from './task.js';
import { formatThreshold } from '../experiments/vae/settings/threshold.js';

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
export function formatSetting(name: string, value: SettingValue): string {
  if (Array.isArray(value)) return name === 'dimensions' ? value.join('-') : `[${value.join(',')}]`;
  if (name === 'decoderVarianceThreshold' && (value === null || typeof value === 'number'))
    return formatThreshold(value);
  if (name === 'engine') return ENGINE_NAMES[value as StoredEngine];
  return name === 'badOptimumExtraDims' ? String(value ?? 'none') : String(value);
}
