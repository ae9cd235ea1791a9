import type { ColumnValues } from '../logs/encode.js';
import type { Batch } from './table.js';

/** Rows that are written together: a row group of Parquet, a record batch of Arrow. */
const GROUP_ROWS = 65_536;

/** Gathers batches into fewer of that size, or a batch more. */
export class Groups {
  #batches: Batch[] = [];
  #rows = 0;

  /** @returns a group once there is one */
  add(batch: Batch): Batch | null {
    this.#batches.push(batch);
    this.#rows += batch.rows;
    return this.#rows >= GROUP_ROWS ? this.rest() : null;
  }

  /** What is left; null if that is nothing. */
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
