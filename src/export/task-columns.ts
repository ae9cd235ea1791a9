import { isNumeric } from '../task/column.js';
import { experimentOf } from '../task/registry.js';
import { TASK_STATES } from '../task/states.js';
import type { Task } from '../task/task.js';
import type { ExportColumn, ExportTask } from './table.js';

/** Returns the columns that identify the task of a row. */
export function identityColumns(tasks: readonly Task[]): ExportColumn[] {
  return [
    text('task', 'The task: 16 hexadecimal digits', unique(tasks.map(({ id }) => id))),
    text('name', "The task's folder in `out/tasks`", unique(tasks.map(({ name }) => name))),
    text('state', `${TASK_STATES.slice(0, -1).join(', ')} or ${TASK_STATES.at(-1) ?? ''}`, TASK_STATES),
  ];
}

/** Returns the columns of the tasks' settings, which are null for tasks of experiments without the setting. */
export function settingColumns(tasks: readonly Task[]): ExportColumn[] {
  const experiments = unique(tasks.map(({ settings }) => experimentOf(settings)));
  const columns = experiments.flatMap((experiment) => Object.entries(experiment.columns));
  return mergeColumns(
    columns.map(([name, setting]) => ({
      name,
      ...setting,
      nullable: tasks.some((task) => settingValue(task, name) === null),
      values: setting.type === 'utf8' ? textValues(tasks, name) : [],
    })),
  );
}

/** Returns the columns of settings that differ between tasks. */
export function varyingColumns(tasks: readonly Task[]): ExportColumn[] {
  return settingColumns(tasks).filter(
    ({ name }) => new Set(tasks.map((task) => JSON.stringify(settingValue(task, name)))).size > 1,
  );
}

/** Returns the value of an identity or setting column; null for other columns. */
export function taskValue({ task, state }: ExportTask, column: string): unknown {
  if (column === 'task') return task.id;
  if (column === 'name') return task.name;
  return column === 'state' ? state : settingValue(task, column);
}

/** Merges columns of the same name into one that can hold the values of all of them. */
export function mergeColumns(columns: readonly ExportColumn[]): ExportColumn[] {
  const merged = new Map<string, ExportColumn>();
  for (const column of columns) {
    const before = merged.get(column.name);
    merged.set(column.name, before === undefined ? column : mergeTwo(before, column));
  }
  return [...merged.values()];
}

function text(name: string, description: string, values: readonly string[]): ExportColumn {
  return { name, type: 'utf8', nullable: false, unit: '-', description, values };
}

function mergeTwo(a: ExportColumn, b: ExportColumn): ExportColumn {
  if (a.type !== b.type && !(isNumeric(a) && isNumeric(b)))
    throw new Error(`The column ${a.name} has both types ${a.type} and ${b.type}: rename one of them.`);
  return {
    ...a,
    // For different numeric types, use the type that can hold all of them.
    type: a.type === b.type ? a.type : 'float64',
    nullable: a.nullable || b.nullable,
    description: a.description === b.description ? a.description : `${a.description}; ${b.description}`,
    values: unique([...a.values, ...b.values]),
  };
}

/** Returns the value of a setting; null if the task has no such setting, for example for a column of a log. */
function settingValue({ settings }: Task, name: string): unknown {
  const { columns } = experimentOf(settings);
  const column = Object.hasOwn(columns, name) ? columns[name] : undefined;
  if (column === undefined) return null;
  const { of = name, show } = column;
  const value = (settings as unknown as Readonly<Record<string, unknown>>)[of];
  return show?.(value) ?? value ?? null;
}

function textValues(tasks: readonly Task[], name: string): string[] {
  return unique(
    tasks.flatMap((task) => {
      const value = settingValue(task, name);
      return typeof value === 'string' ? [value] : [];
    }),
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
