import { parse } from 'yaml';
import { InputError } from '../errors.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValue } from '../task/setting-values.js';
import { show, unknownName } from '../input/problems.js';
import { isSameSetting } from '../task/settings.js';

/** Values of settings from the command line: `--set steps=100 --set seed=2,3` or `--only dimensions=3-12-20`. */
export type Assignments = ReadonlyMap<string, readonly SettingValue[]>;

type Option = '--only' | '--set';

/**
 * Each text is `key=value[,value]`, the values YAML as in a sweep file, or as the setting's words say, such as `3-12-20`. A key given again adds its values. What is set must suit all of the experiments that have the setting; what tasks are
 * selected by, one of them.
 */
export function parseAssignments(
  option: Option,
  texts: readonly string[],
  experiments: readonly Experiment[],
): Assignments {
  const assignments = new Map<string, SettingValue[]>();
  for (const text of texts) {
    const [key, value] = splitAtEquals(option, text, experiments);
    const values = assignments.get(key) ?? [];
    for (const item of yamlItems(option, text, value)) {
      const parsed = parseItem(option, text, key, item, experiments);
      const repeated = values.some((other) => isSameSetting(other, parsed));
      if (!repeated) values.push(parsed);
    }
    assignments.set(key, values);
  }
  return assignments;
}

function splitAtEquals(
  option: Option,
  text: string,
  experiments: readonly Experiment[],
): [key: string, value: string] {
  const [, key, value] = /^([^=]*)=(.*)$/s.exec(text) ?? [];
  if (key === undefined || value === undefined || value.trim() === '')
    throw new InputError(`${option} ${text}: expected key=value or key=value,value`);
  const names = [...new Set(experiments.flatMap(({ schemas }) => Object.keys(schemas)))];
  if (!names.includes(key))
    throw new InputError(`${option} ${text}: "${key}": ${unknownName(key, names, 'setting')}`);
  return [key, value];
}

function yamlItems(option: Option, text: string, value: string): unknown[] {
  try {
    const items: unknown = parse(`[${value}]`);
    if (Array.isArray(items)) return items;
  } catch {
    // Reported below, in this project's words.
  }
  throw new InputError(`${option} ${text}: the value is not YAML`);
}

function parseItem(
  option: Option,
  text: string,
  key: string,
  item: unknown,
  experiments: readonly Experiment[],
): SettingValue {
  const words = experiments.map((experiment) => experiment.words[key] ?? {});
  const texts = words.map(({ parse: own }) => (typeof item === 'string' ? own?.(item) : undefined));
  const value = texts.find((own) => own !== undefined) ?? item;
  const results = experiments.flatMap(({ schemas }) => schemas[key]?.safeParse(value) ?? []);
  const parsed = results.find(({ success }) => success);
  const refused = results.find(({ success }) => !success);
  if (parsed?.data !== undefined && (refused === undefined || option === '--only')) return parsed.data;
  const message = refused?.error?.issues[0]?.message ?? 'not allowed';
  const hint = words.find(({ hint: own }) => own !== undefined)?.hint;
  throw new InputError(
    `${option} ${text}: ${message}${hint === undefined ? '' : ` (${hint})`}, got ${show(value)}`,
  );
}
