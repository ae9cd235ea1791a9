import { parse } from 'yaml';
import { InputError } from '../errors.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValue } from '../task/setting-values.js';
import { formatValue, unknownName } from '../input/problems.js';
import { isSameSetting } from '../task/settings.js';

/** Setting values from the command line, for example `--set steps=100 --set seed=2,3` or `--only dimensions=3-12-20`. */
export type Assignments = ReadonlyMap<string, readonly SettingValue[]>;

type Option = '--only' | '--set';

/**
 * Parses texts of the form `key=value[,value]`. Values are YAML as in a sweep file, or the short form of the setting, such as `3-12-20`.
 * A repeated key adds its values. Values of `--set` must be valid for all experiments that have the setting, values of `--only` for at
 * least one of them.
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
    // Reported below.
  }
  throw new InputError(`${option} ${text}: the value is not valid YAML`);
}

function parseItem(
  option: Option,
  text: string,
  key: string,
  item: unknown,
  experiments: readonly Experiment[],
): SettingValue {
  const displays = experiments.map((experiment) => experiment.display[key] ?? {});
  const parsedTexts = displays.map(({ parse: own }) => (typeof item === 'string' ? own?.(item) : undefined));
  const value = parsedTexts.find((own) => own !== undefined) ?? item;
  const results = experiments.flatMap(({ schemas }) => schemas[key]?.safeParse(value) ?? []);
  const parsed = results.find(({ success }) => success);
  const invalid = results.find(({ success }) => !success);
  if (parsed?.data !== undefined && (invalid === undefined || option === '--only')) return parsed.data;
  const message = invalid?.error?.issues[0]?.message ?? 'not allowed';
  const hint = displays.find(({ hint: own }) => own !== undefined)?.hint;
  throw new InputError(
    `${option} ${text}: ${message}${hint === undefined ? '' : ` (${hint})`}, got ${formatValue(value)}`,
  );
}
