import { readFileSync } from 'node:fs';
import { tableFromIPC, Vector, type Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import { LOG_METADATA, LOG_SCHEMA_VERSION } from './schemas.js';

export type LogValue = number | readonly number[] | null;

/** A whole `.arrow` log of this project, of a schema version that it knows. */
export function readLog(file: string): Table {
  const table = decode(file);
  const version = table.schema.metadata.get(LOG_METADATA.schema);
  if (version !== LOG_SCHEMA_VERSION) {
    throw new StoreError(
      `${file} has log schema version ${version ?? 'none'}, this program reads ${LOG_SCHEMA_VERSION}: ` +
        'read it with the version of vae-sweep that wrote it, or train the task again',
    );
  }
  return table;
}

/** The last row of a log, by column. */
export function readLastRow(file: string): ReadonlyMap<string, LogValue> {
  const table = readLog(file);
  if (table.numRows === 0) throw new StoreError(`${file} has no rows: train its task again`);
  return new Map(
    table.schema.fields.map(({ name }) => [name, toValue(table.getChild(name)?.get(table.numRows - 1))]),
  );
}

function decode(file: string): Table {
  try {
    return tableFromIPC(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      `${file} is not a whole Arrow file (${reason}): train its task again with --retrain-corrupt`,
      {
        cause: error,
      },
    );
  }
}

function toValue(value: unknown): LogValue {
  if (value instanceof Vector) return Array.from(value as Iterable<number>);
  return typeof value === 'number' ? value : null;
}
