import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { DataType, tableFromIPC, Vector, type Table } from 'apache-arrow';
import { StoreError } from '../errors.js';
import type { StreamState } from '../store/checkpoint.js';
import { wrapStoreErrors } from '../store/files.js';
import { decodeLog } from './decode.js';
import { streamToFile } from './encode.js';
import { LOG_METADATA, LOG_SCHEMA_VERSION } from './schemas.js';
import { completeBytes } from './stream-blocks.js';

export type LogValue = number | readonly number[] | null;

/** Reads a complete `.arrow` log of this project. @throws a StoreError if it is invalid, or has another schema version */
export function readLog(file: string): Table {
  return checkVersion(file, decode(file, decodeLog));
}

/** Reads the complete batches of an `.arrows` log that is being written. */
export function readGrowingLog(file: string): Table {
  const decodeComplete = (bytes: Uint8Array): Table =>
    decodeLog(streamToFile(bytes.subarray(0, completeBytes(bytes))));
  return checkVersion(file, decode(file, decodeComplete));
}

/** Reads the part of an `.arrows` log that a checkpoint refers to; null if it is empty. The log may have grown since. */
export function readLogStart(file: string, { bytes, sha256 }: StreamState): Table | null {
  if (bytes === 0) return null;
  const start = wrapStoreErrors(`read ${file}`, () => readFileSync(file)).subarray(0, bytes);
  if (start.length < bytes) throw new StoreError(`${file} is shorter than in its checkpoint`);
  if (sha256 !== null && createHash('sha256').update(start).digest('hex') !== sha256)
    throw new StoreError(`${file} does not match its SHA-256 in the checkpoint`);
  try {
    return decodeLog(streamToFile(start));
  } catch (error) {
    throw new StoreError(`${file} is not a log (${error instanceof Error ? error.message : String(error)})`, {
      cause: error,
    });
  }
}

function checkVersion(file: string, table: Table): Table {
  const version = table.schema.metadata.get(LOG_METADATA.schema);
  if (version !== LOG_SCHEMA_VERSION) {
    throw new StoreError(
      `${file} has log schema version ${version ?? 'none'}, but this program reads version ${LOG_SCHEMA_VERSION}: ` +
        'read it with the version of vae-sweep that wrote it, or train the task again',
    );
  }
  return table;
}

/** Returns a value of a log; null if the value is null, or the log has no such column or row. */
export function valueAt(table: Pick<Table, 'getChild'>, column: string, row: number): LogValue {
  const value: unknown = row < 0 ? null : table.getChild(column)?.get(row);
  // The vector's iterator would trust the claimed length of the list instead of the number of values.
  if (value instanceof Vector) return Array.from(value.toArray() as Float64Array);
  return typeof value === 'number' ? value : null;
}

/** Returns all values of a row by column. */
export function rowAt(table: Table, row: number): Record<string, LogValue> {
  return Object.fromEntries(table.schema.fields.map(({ name }) => [name, valueAt(table, name, row)]));
}

/** Returns a column of numbers without nulls. @throws a StoreError if the log does not have it */
export function readNumbers(table: Table, column: string): ArrayLike<number> {
  const vector = table.getChild(column);
  const values: unknown = vector?.toArray();
  const isNumbers =
    values instanceof Float32Array || values instanceof Float64Array || values instanceof Int32Array;
  if (!isNumbers || values.length !== table.numRows)
    throw new StoreError(`a log lacks the column ${column}: train its task again`);
  return values;
}

/** Yields the rows of an Arrow file or stream of another program, with the given columns, which may have any numeric type. */
export function* readForeignRows(
  file: string,
  columns: readonly string[],
): Generator<Readonly<Record<string, number>>> {
  const table = readForeignTable(file);
  for (const column of columns) {
    const type: unknown = table.getChild(column)?.type;
    if (type === undefined) throw new Error(`${file} has no column ${column}`);
    if (!DataType.isInt(type) && !DataType.isFloat(type))
      throw new Error(`${file} has a column ${column} that is not numeric`);
  }
  for (let row = 0; row < table.numRows; row++)
    yield Object.fromEntries(
      columns.map((column) => [column, Number((table.getChild(column)?.get(row) as unknown) ?? NaN)]),
    );
}

function readForeignTable(file: string): Table {
  try {
    return tableFromIPC(readFileSync(file));
  } catch (error) {
    throw new Error(
      `${file} is not an Arrow file (${error instanceof Error ? error.message : String(error)})`,
      {
        cause: error,
      },
    );
  }
}

function decode(file: string, decoder: (bytes: Uint8Array) => Table): Table {
  try {
    return decoder(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      `${file} is not a valid Arrow file (${reason}): train its task again with --retrain-corrupt`,
      {
        cause: error,
      },
    );
  }
}
