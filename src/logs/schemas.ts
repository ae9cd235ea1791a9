import { Field, Float32, Float64, Int32, List, Schema, type DataType } from 'apache-arrow';
import type { ColumnType, LogColumn } from '../task/column.js';
import type { Task } from '../task/task.js';

/** The version of the log schema. Increment it when columns or their meaning change; readers reject other versions. */
export const LOG_SCHEMA_VERSION = '2';

/** The keys of a log's schema metadata. */
export const LOG_METADATA = {
  schema: 'vae-sweep.schema',
  task: 'vae-sweep.task',
  settings: 'vae-sweep.settings',
  versions: 'vae-sweep.versions',
} as const;

/** The types of log columns. */
const TYPES: Readonly<Partial<Record<ColumnType, () => DataType>>> = {
  int32: () => new Int32(),
  float32: () => new Float32(),
  float64: () => new Float64(),
  'list<float64>': () => new List(new Field('item', new Float64(), false)),
};

/** Returns the schema of a task's log with these columns. Its metadata identifies the task. */
export function logSchema({ id, settings, versions }: Task, columns: readonly LogColumn[]): Schema {
  const metadata = new Map([
    [LOG_METADATA.schema, LOG_SCHEMA_VERSION],
    [LOG_METADATA.task, id],
    [LOG_METADATA.settings, JSON.stringify(settings)],
    [LOG_METADATA.versions, JSON.stringify(versions)],
  ]);
  return new Schema(columns.map(toField), metadata);
}

function toField({ name, type, nullable, unit, description }: LogColumn): Field {
  const arrowType = TYPES[type]?.();
  if (arrowType === undefined) throw new Error(`A log can't have the column ${name} of type ${type}.`);
  return new Field(name, arrowType, nullable, new Map(Object.entries({ unit, description })));
}
