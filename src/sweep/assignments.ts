import { parse } from 'yaml';
import { InputError } from '../errors.js';
import { show, unknownName } from './problems.js';
import type { SettingName, SettingValue } from './setting-schemas.js';
import { isSettingName, settingNames, settingSchemas } from './setting-schemas.js';
import { isSameSetting } from './settings.js';

/** Values of settings from the command line: `--set steps=100 --set seed=2,3` or `--only dimensions=3-12-20`. */
export type Assignments = ReadonlyMap<SettingName, readonly SettingValue[]>;

/**
 * Each text is `key=value[,value]`, the values YAML as in a sweep file; dimensions also as `3-12-20`, which no shell
 * expands. A key given again adds its values.
 */
export function parseAssignments(option: '--only' | '--set', texts: readonly string[]): Assignments {
  const assignments = new Map<SettingName, SettingValue[]>();
  for (const text of texts) {
    const [key, value] = splitAtEquals(option, text);
    const values = assignments.get(key) ?? [];
    for (const item of yamlItems(option, text, value)) {
      const parsed = parseItem(`${option} ${text}`, key, item);
      const repeated = values.some((other) => isSameSetting(other, parsed));
      if (!repeated) values.push(parsed);
    }
    assignments.set(key, values);
  }
  return assignments;
}

function splitAtEquals(option: string, text: string): [SettingName, string] {
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined || value.trim() === '')
    throw new InputError(`${option} ${text}: expected key=value or key=value,value`);
  if (!isSettingName(key))
    throw new InputError(`${option} ${text}: "${key}": ${unknownName(key, settingNames, 'setting')}`);
  return [key, value];
}

function yamlItems(option: string, text: string, value: string): unknown[] {
  try {
    const items: unknown = parse(`[${value}]`);
    if (Array.isArray(items)) return items;
  } catch {
    // Reported below, in this project's words.
  }
  throw new InputError(`${option} ${text}: the value is not YAML`);
}

function parseItem(where: string, key: SettingName, item: unknown): SettingValue {
  const dimensions = typeof item === 'string' && /^(\d+)-(\d+)-(\d+)$/.exec(item)?.slice(1).map(Number);
  const value = key === 'dimensions' && dimensions ? dimensions : item;
  const result = settingSchemas[key].safeParse(value);
  if (result.success) return result.data;
  const message = result.error.issues[0]?.message ?? 'not allowed';
  const hint = key === 'dimensions' ? ' (as 3-12-20 or [3,12,20])' : '';
  throw new InputError(`${where}: ${message}${hint}, got ${show(value)}`);
}
