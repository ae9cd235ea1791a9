import type { Schema } from 'apache-arrow';
import { MAX_ROWS } from '../task/column.js';
import { BatchStream, EMPTY_STREAM } from './batch-stream.js';

/** Rows of a record batch, but for the last. */
const BATCH_ROWS = 1_000;

/** A log of rows of numbers, begun anew, in bounded memory. */
export class RowLog {
  readonly #stream: BatchStream;
  readonly #names: readonly string[];
  /** The rows that do not fill a batch yet are the first `#rows % BATCH_ROWS`. */
  readonly #columns: readonly Float64Array[];
  #rows = 0;

  constructor(path: string, schema: Schema) {
    this.#stream = new BatchStream(path, schema, EMPTY_STREAM);
    this.#names = schema.fields.map(({ name }) => name);
    this.#columns = this.#names.map(() => new Float64Array(BATCH_ROWS));
  }

  get rows(): number {
    return this.#rows;
  }

  /** @throws an Error where there are too many rows for a log */
  append(row: Readonly<Record<string, number>>): void {
    if (this.#rows === MAX_ROWS)
      throw new Error(`It has more than ${MAX_ROWS.toLocaleString('en-US')} rows: let it end earlier.`);
    for (const [index, column] of this.#columns.entries())
      column[this.#rows % BATCH_ROWS] = row[this.#names[index] ?? ''] ?? NaN;
    this.#rows += 1;
    if (this.#rows % BATCH_ROWS === 0) this.#flush(BATCH_ROWS);
  }

  /** Writes the last, shorter batch and returns the whole log in the file format. */
  finish(): Uint8Array {
    const pending = this.#rows % BATCH_ROWS;
    if (pending > 0) this.#flush(pending);
    return this.#stream.toFile();
  }

  close(): void {
    this.#stream.close();
  }

  #flush(rows: number): void {
    this.#stream.append(this.#columns.map((column) => column.subarray(0, rows)));
  }
}
