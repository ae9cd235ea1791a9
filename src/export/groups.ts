import type { ColumnValues } from '../logs/encode.js';
import type { Batch } from './table.js';

/** The minimum number of rows that are written together, as a row group of Parquet or a record batch of Arrow. */
const GROUP_ROWS = 65_536;

/** Combines batches into groups of at least `GROUP_ROWS` rows. */
export class Groups {
  #batches: Batch[] = [];
  #rows = 0;

  /** Adds a batch. @returns a group once it is large enough, or null */
  add(batch: Batch): Batch | null {
    this.#batches.push(batch);
    this.#rows += batch.rows;
    return this.#rows >= GROUP_ROWS ? this.rest() : null;
  }

  /** Returns the remaining rows; null if there are none. */
  rest(): Batch | null {
    const [first] = this.#batches;
    if (first === undefined) return null;
    const columns = first.columns.map((_, index) =>
      concatenate(this.#batches.map(({ columns }) => columns[index] ?? [])),
    );
    const group = { rows: this.#rows, columns };
    this.#batches = [];
    this.#rows = 0;
    return group;
  }
}

function concatenate(parts: readonly ColumnValues[]): ColumnValues {
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  for (const Numbers of [Float32Array, Float64Array, Int32Array]) {
    if (!parts.every((part) => part instanceof Numbers)) continue;
    const all = new Numbers(length);
    let start = 0;
    for (const part of parts) {
      all.set(part as Float64Array, start);
      start += part.length;
    }
    return all;
  }
  return parts.flatMap((part) => Array.from<unknown>(part));
}
