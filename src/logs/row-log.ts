import type { Schema } from 'apache-arrow';
import { MAX_ROWS } from '../task/column.js';
import type { StepLogState } from '../store/checkpoint.js';
import { BatchStream } from './batch-stream.js';
import { EMPTY_STEP_LOG } from './step-log.js';

/** The number of rows in each record batch except the last. */
const BATCH_ROWS = 1_000;

/** Writes a log of rows of numbers, in bounded memory. */
export class RowLog {
  readonly #stream: BatchStream;
  readonly #names: readonly string[];
  /** The rows that do not fill a batch yet are the first `#rows % BATCH_ROWS`. */
  readonly #columns: readonly Float64Array[];
  #rows = 0;

  /**
   * @param rows the number of existing rows
   * @param state the state of the existing log. Default: an empty log.
   */
  constructor(path: string, schema: Schema, rows = 0, state: StepLogState = EMPTY_STEP_LOG) {
    this.#stream = new BatchStream(path, schema, state.stream);
    this.#names = schema.fields.map(({ name }) => name);
    const { pendingRows } = state;
    const width = this.#names.length;
    this.#columns = this.#names.map((_name, index) => {
      const column = new Float64Array(BATCH_ROWS);
      for (let row = 0; row < pendingRows.length / width; row++)
        column[row] = pendingRows[row * width + index] ?? NaN;
      return column;
    });
    this.#rows = rows;
  }

  get rows(): number {
    return this.#rows;
  }

  /** Appends a row. @throws an Error if there are too many rows for a log */
  append(row: Readonly<Record<string, number>>): void {
    if (this.#rows === MAX_ROWS)
      throw new Error(`a task has at most ${MAX_ROWS.toLocaleString('en-US')} rows: yield fewer rows`);
    for (const [index, column] of this.#columns.entries())
      column[this.#rows % BATCH_ROWS] = row[this.#names[index] ?? ''] ?? NaN;
    this.#rows += 1;
    if (this.#rows % BATCH_ROWS === 0) this.#flush(BATCH_ROWS);
  }

  /** Makes the complete batches durable, and returns the state of the log. */
  sync(): StepLogState {
    const pending = this.#rows % BATCH_ROWS;
    const width = this.#columns.length;
    const pendingRows = new Float64Array(pending * width);
    for (const [index, column] of this.#columns.entries())
      for (let row = 0; row < pending; row++) pendingRows[row * width + index] = column[row] ?? NaN;
    return {
      stream: this.#stream.sync(),
      pendingSteps: Int32Array.from({ length: pending }, (_, row) => this.#rows - pending + row + 1),
      pendingRows,
    };
  }

  /** Writes the last, shorter batch and returns the complete log in Arrow's file format. */
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
