import { z } from 'zod';
import type { Column, ColumnType } from '../task/column.js';
import type { FieldColumn } from '../task/declared-settings.js';
import type { Task } from '../task/task.js';
import { derivedTraining } from '../experiments/vae/settings/training-settings.js';
import { theorySettingsSchema } from '../experiments/theory/tasks/theory-settings.js';
import type { ExportColumn, ExportTask } from './table.js';

const KIND: Column = { type: 'utf8', unit: '-', description: '`train`, or the computation of the theory' };

/** Settings of training, as a task keeps them. */
export const trainingColumns: Readonly<Record<string, FieldColumn>> = {
  kind: KIND,
  experiment: {
    type: 'utf8',
    unit: '-',
    description: 'linear, sigmoid or sphere, or the data of a plugin',
  },
  ...derivedTraining.columns,
};

/** Settings whose names are taken by a number of a log, by the column's name. */
const RENAMED: Readonly<Record<string, string>> = { reconstructionKind: 'reconstruction' };

const propertySchema = z.looseObject({
  type: z.string().optional(),
  const: z.string().optional(),
  anyOf: z.array(z.looseObject({ type: z.string() })).optional(),
  description: z.string().default(''),
});
const described = z.object({ properties: z.record(z.string(), propertySchema) });

/** Settings of each computation of the theory, by its kind: as its schema says. */
export const theorySettings: ReadonlyMap<string, Readonly<Record<string, FieldColumn>>> = new Map(
  theorySettingsSchema.options.map((option) => {
    const { properties } = described.parse(z.toJSONSchema(option));
    const columns = Object.entries(properties).map(
      ([name, value]) => [columnName(name), name === 'kind' ? KIND : fromSchema(name, value)] as const,
    );
    return [option.shape.kind.value, Object.fromEntries(columns)];
  }),
);

/** Which task a row is of. */
export function identityColumns(tasks: readonly Task[]): ExportColumn[] {
  return [
    text('task', 'The task: 16 hexadecimal digits', unique(tasks.map(({ id }) => id))),
    text('name', "The task's folder in `out/tasks`", unique(tasks.map(({ name }) => name))),
    stateColumn,
  ];
}

const stateColumn = text('state', 'done, interrupted, failed, new or corrupt', [
  'done',
  'interrupted',
  'failed',
  'new',
  'corrupt',
]);

/** The tasks' settings; null where a task's kind has no such setting. */
export function settingColumns(tasks: readonly Task[]): ExportColumn[] {
  const kinds = unique(tasks.map(({ settings }) => settings.kind));
  const columns = kinds.flatMap((kind) =>
    Object.entries(kind === 'train' ? trainingColumns : (theorySettings.get(kind) ?? {})),
  );
  return mergeColumns(
    columns.map(([name, setting]) => ({
      name,
      ...setting,
      nullable: tasks.some((task) => settingValue(task, name) === null),
      values: setting.type === 'utf8' ? textValues(tasks, name) : [],
    })),
  );
}

/** Those of the settings' columns whose values differ between tasks. */
export function varyingColumns(tasks: readonly Task[]): ExportColumn[] {
  return settingColumns(tasks).filter(
    ({ name }) => new Set(tasks.map((task) => JSON.stringify(settingValue(task, name)))).size > 1,
  );
}

/** The value of an identity's or a setting's column; null for others. */
export function taskValue({ task, state }: ExportTask, column: string): unknown {
  if (column === 'task') return task.id;
  if (column === 'name') return task.name;
  return column === 'state' ? state : settingValue(task, column);
}

/** Columns of one name become one, which holds the values of each. */
export function mergeColumns(columns: readonly ExportColumn[]): ExportColumn[] {
  const merged = new Map<string, ExportColumn>();
  for (const column of columns) {
    const before = merged.get(column.name);
    merged.set(column.name, before === undefined ? column : mergeTwo(before, column));
  }
  return [...merged.values()];
}

export function text(name: string, description: string, values: readonly string[]): ExportColumn {
  return { name, type: 'utf8', nullable: false, unit: '-', description, values };
}

const NUMBERS: ReadonlySet<ColumnType> = new Set(['int32', 'float32', 'float64']);

function mergeTwo(a: ExportColumn, b: ExportColumn): ExportColumn {
  if (a.type !== b.type && [a.type, b.type].some((type) => !NUMBERS.has(type)))
    throw new Error(`The column ${a.name} is ${a.type} and ${b.type}: rename one.`);
  return {
    ...a,
    // Of several kinds' numbers, the one type that holds them all.
    type: a.type === b.type ? a.type : 'float64',
    nullable: a.nullable || b.nullable,
    description: a.description === b.description ? a.description : `${a.description}; ${b.description}`,
    values: unique([...a.values, ...b.values]),
  };
}

function columnName(setting: string): string {
  return Object.entries(RENAMED).find(([, name]) => name === setting)?.[0] ?? setting;
}

/** Only of a setting: a task has no value of a log's column. */
function settingValue({ settings }: Task, column: string): unknown {
  const known = settings.kind === 'train' ? trainingColumns : theorySettings.get(settings.kind);
  if (known === undefined || !Object.hasOwn(known, column)) return null;
  const value = (settings as unknown as Readonly<Record<string, unknown>>)[RENAMED[column] ?? column];
  return known[column]?.show?.(value) ?? value ?? null;
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

function fromSchema(name: string, property: z.infer<typeof propertySchema>): Column {
  const { type, anyOf = [] } = property;
  const description = property.description.replace(/\.$/, '');
  const kind = type ?? anyOf.find((option) => option.type !== 'null')?.type;
  if (kind === 'string') return { type: 'utf8', unit: '-', description };
  if (kind !== 'integer' && kind !== 'number') throw new Error(`The setting ${name} has no column.`);
  return {
    type: kind === 'integer' ? 'int32' : 'float64',
    unit: name === 'seed' ? '-' : '1',
    description,
  };
}
