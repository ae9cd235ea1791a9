import { meansColumns } from '../report/cells.js';
import { shortTitleOf, STEP } from '../report/column-titles.js';
import type { PartRuns } from '../report/runs.js';
import { isNumeric, type LogColumn } from '../task/column.js';
import { experimentOf } from '../task/registry.js';
import {
  compareSettings,
  formatSetting,
  hasSetting,
  isSameSetting,
  settingOf,
  settingsWithRole,
} from '../task/settings.js';
import type { SettingValue } from '../task/setting-values.js';
import type { Task } from '../task/task.js';
import type { TaskColumn } from './page/protocol.js';

/** The maximum number of columns that a table shows initially. */
const MAX_SHOWN = 12;
const PART = 'part';

/** The names of the columns that every sweep has. The page adds the others than `part`. */
const BUILT_IN: readonly string[] = [PART, 'state', 'duration', 'step', 'note'];

/**
 * Returns the settings of all tasks and the results of the finished ones. Parts share the columns of the same name. A setting with the
 * name of a built-in column is named, for example, `setting.duration`, and a result with the name of a setting or of a built-in column
 * `result.duration`. Names of settings and results have no dots, so these are unique.
 */
export function taskColumns(tasks: readonly Task[], parts: readonly PartRuns[]): TaskColumn[] {
  const settings = settingColumns(tasks, parts);
  const taken = [...BUILT_IN, ...settings.map(({ name }) => name)];
  return [
    ...partColumn(tasks, parts),
    ...settings.map((column) => renamed(column, BUILT_IN, 'setting')),
    ...resultColumns(tasks, parts).map((column) => renamed(column, taken, 'result')),
  ];
}

/** Returns the column, with a prefix if its name is taken. */
function renamed(column: TaskColumn, taken: readonly string[], prefix: 'setting' | 'result'): TaskColumn {
  const { name, title } = column;
  if (!taken.includes(name)) return column;
  return { ...column, name: `${prefix}.${name}`, title: title === name ? `${name} (${prefix})` : title };
}

function partColumn(tasks: readonly Task[], parts: readonly PartRuns[]): TaskColumn[] {
  if (parts.length < 2) return [];
  const titles = new Map(
    parts.flatMap(({ part }) => part.tasks.map(({ id }) => [id, part.title ?? part.name] as const)),
  );
  const texts = tasks.map(({ id }) => titles.get(id) ?? null);
  return [{ ...about(PART, 'setting', PART), isShown: true, isVarying: true, ...asTexts(texts) }];
}

function settingColumns(tasks: readonly Task[], parts: readonly PartRuns[]): TaskColumn[] {
  const shown = new Set(parts.flatMap(({ part }) => part.varying));
  const experiments = [...new Set(tasks.map(({ settings }) => experimentOf(settings)))];
  const seeds = new Set(experiments.flatMap((experiment) => settingsWithRole(experiment, 'seed')));
  const names = new Set(experiments.flatMap(({ schemas }) => Object.keys(schemas)));
  const columns = [...names].map((name): TaskColumn => {
    const values = tasks.map(({ settings }) =>
      hasSetting(settings, name)
        ? {
            value: settingOf(settings, name),
            text: formatSetting(experimentOf(settings), name, settingOf(settings, name)),
          }
        : null,
    );
    const title = experiments.flatMap(({ display }) => display[name]?.short ?? [])[0] ?? name;
    const column = asSettings(values);
    const isVarying = column.texts.length > 1 || (column.texts.length === 1 && column.values.includes(null));
    return {
      ...about(name, seeds.has(name) ? 'seed' : 'setting', title),
      isShown: isVarying && shown.has(name),
      isVarying,
      ...column,
    };
  });
  // Tables start with what distinguishes the tasks.
  return [...columns.filter(({ isVarying }) => isVarying), ...columns.filter(({ isVarying }) => !isVarying)];
}

function resultColumns(tasks: readonly Task[], parts: readonly PartRuns[]): TaskColumn[] {
  const firsts = parts.flatMap((part) => part.part.tasks.slice(0, 1).map((task) => ({ part, task })));
  const all = firsts.flatMap(({ part, task }) => part.details.summary(task.settings));
  const distinct = new Map(all.map((column) => [column.name, column]));
  distinct.delete(STEP);
  const shown = new Set(
    firsts.flatMap(({ part, task }) => meansColumns(part, task).slice(0, MAX_SHOWN)).map(({ name }) => name),
  );
  const runs = new Map(parts.flatMap((part) => part.runs.map((run) => [run.task.id, run] as const)));
  const ordered = [...distinct.values()].sort(
    (a, b) => Number(shown.has(b.name)) - Number(shown.has(a.name)),
  );
  return ordered.flatMap((column) => {
    const values = tasks.map(({ id }) => runs.get(id)?.summary.get(column.name) ?? null);
    if (column.type.startsWith('list')) return [];
    const isShown = shown.has(column.name);
    return [
      {
        ...about(column.name, 'result', shortTitleOf(column)),
        isLog: column.isLog ?? false,
        isShown,
        ...asResults(column, values),
      },
    ];
  });
}

function about(name: string, kind: TaskColumn['kind'], title: string) {
  return { name, kind, title, isLog: false };
}

type Values = Pick<TaskColumn, 'isVarying' | 'texts' | 'numbers' | 'values'>;

function asResults(column: LogColumn, values: readonly unknown[]): Values {
  if (!isNumeric(column)) {
    const texts = values.map((value) =>
      typeof value === 'boolean' ? (value ? 'yes' : 'no') : typeof value === 'string' ? value : null,
    );
    const found = asTexts(texts);
    return { ...found, isVarying: found.texts.length > 1 };
  }
  const numbers = values.map((value) => (typeof value === 'number' && Number.isFinite(value) ? value : null));
  const isVarying = new Set(numbers.filter((value) => value !== null)).size > 1;
  return { isVarying, texts: null, numbers: null, values: numbers };
}

function asTexts(texts: readonly (string | null)[]) {
  const distinct = [...new Set(texts.filter((text) => text !== null))];
  return { texts: distinct, numbers: null, values: indices(texts, distinct) };
}

/** Sorts the distinct values of a setting. */
function asSettings(values: readonly ({ readonly value: SettingValue; readonly text: string } | null)[]) {
  const byText = new Map<string, SettingValue>();
  const texts = values.map((each) => {
    if (each === null) return null;
    const { value } = each;
    // Texts round some numbers, and distinct values need distinct texts.
    const text = isSameSetting(byText.get(each.text) ?? value, value) ? each.text : String(value);
    byText.set(text, value);
    return text;
  });
  const areNumbers = [...byText.values()].every((value) => typeof value === 'number');
  const sorted = [...byText].sort(([, x], [, y]) => compareSettings(x, y));
  const distinct = sorted.map(([text]) => text);
  const numbers = areNumbers ? sorted.map(([, value]) => Number(value)) : null;
  return { texts: distinct, numbers, values: indices(texts, distinct) };
}

function indices(texts: readonly (string | null)[], distinct: readonly string[]): (number | null)[] {
  const positions = new Map(distinct.map((text, index) => [text, index]));
  return texts.map((text) => (text === null ? null : (positions.get(text) ?? null)));
}
