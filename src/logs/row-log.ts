import type { Schema } from 'apache-arrow';
import { MAX_ROWS } from '../task/column.js';
import type { StepLogState } from '../store/checkpoint.js';
import { BatchStream } from './batch-stream.js';
import { EMPTY_STEP_LOG } from './step-log.js';

/** Rows of a record batch, but for the last. */
const BATCH_ROWS = 1_000;

/** A log of rows of numbers, in bounded memory. */
export class RowLog {
  readonly #stream: BatchStream;
  readonly #names: readonly string[];
  /** The rows that do not fill a batch yet are the first `#rows % BATCH_ROWS`. */
  readonly #columns: readonly Float64Array[];
  #rows = 0;

  /**
   * @param rows how many rows there are already
   * @param state where they are. Default: the log is begun anew.
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

  /** @throws an Error where there are too many rows for a log */
  append(row: Readonly<Record<string, number>>): void {
    if (this.#rows === MAX_ROWS)
      throw new Error(`a task has at most ${MAX_ROWS.toLocaleString('en-US')} rows: let it end earlier`);
    for (const [index, column] of this.#columns.entries())
      column[this.#rows % BATCH_ROWS] = row[this.#names[index] ?? ''] ?? NaN;
    this.#rows += 1;
    if (this.#rows % BATCH_ROWS === 0) this.#flush(BATCH_ROWS);
  }

  /** Makes the whole batches durable, and says where the log is. */
  sync(): StepLogState {
    const pending = this.#rows % BATCH_ROWS;
    const width = this.#columns.length;
    return {
      stream: this.#stream.sync(),
      pendingSteps: Int32Array.from({ length: pending }, (_, row) => this.#rows - pending + row + 1),
      pendingRows: Float64Array.from(
        { length: pending * width },
        (_, index) => this.#columns[index % width]?.[Math.floor(index / width)] ?? NaN,
      ),
    };
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
