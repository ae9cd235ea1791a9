import { z } from 'zod';
import { ENGINE_NAMES, type StoredEngine } from '../sweep/engine-names.js';
import type { Task, TrainingSettings } from '../sweep/task.js';
import { theorySettingsSchema } from '../sweep/kinds/theory-settings.js';
import type { ColumnType, ExportColumn, ExportTask } from './table.js';

type Described = Pick<ExportColumn, 'type' | 'unit' | 'description'>;

const describe = (type: ColumnType, unit: string, description: string): Described => ({
  type,
  unit,
  description,
});

/** Settings of training, as a task keeps them. */
export const trainingSettings: Readonly<Record<keyof TrainingSettings, Described>> = {
  kind: describe('utf8', '-', '`train`, or the computation of the theory'),
  experiment: describe('utf8', '-', 'linear, sigmoid or sphere, or the data of a plugin'),
  intrinsicDim: describe('int32', 'count', 'r*, the intrinsic dimension of the data'),
  ambientDim: describe('int32', 'count', 'd, the dimension of the space that the data lies in'),
  latentDim: describe('int32', 'count', 'r, the latent dimension of the model'),
  seed: describe('int32', '-', 'Seed of the data'),
  modelSeed: describe('int32', '-', 'Seed of the initial parameters and of the noise'),
  steps: describe('int32', 'step', 'Training steps of the task'),
  batchSize: describe('int32', 'count', 'Fresh data points a step'),
  learningRate: describe('float64', '1', "Adam's step size"),
  hiddenWidths: describe('list<int32>', 'count', 'Widths of the hidden layers of both networks'),
  biases: describe('bool', '-', 'Whether the dense layers have biases'),
  decoderNoise: describe('bool', '-', "Whether noise is added to the decoder's output before the error"),
  initialDecoderLogVariance: describe('float64', '1', 'log eps^2 of the decoder at the first step'),
  decoderLogVarianceThreshold: describe('float64', '1', 'Lower bound of log eps^2; null for none'),
  evaluateEverySteps: describe('int32', 'step', 'Steps between two evaluations'),
  evaluationPoints: describe('int32', 'count', 'Points that an evaluation uses'),
  logEverySteps: describe('int32', 'step', 'Steps between two rows of the step log'),
  engine: describe('utf8', '-', 'c, xla or eager'),
  badOptimumExtraDims: describe(
    'int32',
    'count',
    'Dimensions too many of the optimum that training started at; null for drawn parameters',
  ),
  randomStreams: describe('utf8', '-', 'Where all random numbers come from: fold-in or released-code'),
};

/** Values of settings that a task leaves out. */
const DEFAULTS: Readonly<Record<string, string>> = { randomStreams: 'fold-in' };

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
export const theorySettings: ReadonlyMap<string, Readonly<Record<string, Described>>> = new Map(
  theorySettingsSchema.options.map((option) => {
    const { properties } = described.parse(z.toJSONSchema(option));
    const columns = Object.entries(properties).map(
      ([name, value]) =>
        [columnName(name), name === 'kind' ? trainingSettings.kind : fromSchema(name, value)] as const,
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
    Object.entries(kind === 'train' ? trainingSettings : (theorySettings.get(kind) ?? {})),
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
  const known = settings.kind === 'train' ? trainingSettings : theorySettings.get(settings.kind);
  if (known === undefined || !Object.hasOwn(known, column)) return null;
  const value = (settings as unknown as Readonly<Record<string, unknown>>)[RENAMED[column] ?? column];
  if (column === 'engine') return ENGINE_NAMES[value as StoredEngine];
  return value ?? DEFAULTS[column] ?? null;
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

function fromSchema(name: string, property: z.infer<typeof propertySchema>): Described {
  const { type, anyOf = [] } = property;
  const description = property.description.replace(/\.$/, '');
  const kind = type ?? anyOf.find((option) => option.type !== 'null')?.type;
  if (kind === 'string') return describe('utf8', '-', description);
  if (kind !== 'integer' && kind !== 'number') throw new Error(`The setting ${name} has no column.`);
  return describe(kind === 'integer' ? 'int32' : 'float64', name === 'seed' ? '-' : '1', description);
}
