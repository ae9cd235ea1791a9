import type { Schema } from 'apache-arrow';
import type { StepLogState } from '../store/checkpoint.js';
import { BatchStream, EMPTY_STREAM, UNWRITTEN_BYTES } from './batch-stream.js';

/** The number of rows in each record batch except the last. Which rows share a batch does not depend on interruptions. */
const BATCH_ROWS = 5000;

export const EMPTY_STEP_LOG: StepLogState<Float32Array> = {
  stream: EMPTY_STREAM,
  pendingSteps: new Int32Array(),
  pendingRows: new Float32Array(),
};

/** Writes a log of every `everySteps`-th step, in bounded memory. */
export class StepLog {
  readonly #stream: BatchStream;
  readonly #everySteps: number;
  /** The rows that do not fill a batch yet are the first `#pending`. */
  #pending = 0;
  readonly #steps = new Int32Array(BATCH_ROWS);
  readonly #columns: readonly Float32Array[];

  constructor(path: string, schema: Schema, everySteps: number, state: StepLogState) {
    this.#stream = new BatchStream(path, schema, state.stream, UNWRITTEN_BYTES);
    this.#everySteps = everySteps;
    this.#columns = Array.from({ length: schema.fields.length - 1 }, () => new Float32Array(BATCH_ROWS));
    this.addRows(state.pendingSteps, state.pendingRows);
  }

  /** Adds rows that were logged before. @param rows row-major, of shape [steps, metrics] */
  addRows(steps: Int32Array, rows: StepLogState['pendingRows']): void {
    steps.forEach((step, row) => {
      this.#add(step, rows, row);
    });
  }

  /** Logs consecutive steps. @param metrics the metrics of the steps from `firstStep` on, row-major */
  append(firstStep: number, metrics: Float32Array): void {
    const rows = metrics.length / this.#columns.length;
    for (let row = 0; row < rows; row++) {
      if ((firstStep + row) % this.#everySteps !== 0) continue;
      this.#add(firstStep + row, metrics, row);
    }
  }

  /** Makes the complete batches durable, and returns the state of the log. */
  sync(): StepLogState {
    const width = this.#columns.length;
    const pendingRows = Float32Array.from(
      { length: this.#pending * width },
      (_, index) => this.#columns[index % width]?.[Math.floor(index / width)] ?? NaN,
    );
    return { stream: this.#stream.sync(), pendingSteps: this.#steps.slice(0, this.#pending), pendingRows };
  }

  /** Writes the last, shorter batch and returns the complete log in Arrow's file format. */
  finish(): Uint8Array {
    if (this.#pending > 0) this.#flush();
    return this.#stream.toFile();
  }

  close(): void {
    this.#stream.close();
  }

  #add(step: number, metrics: StepLogState['pendingRows'], row: number): void {
    const width = this.#columns.length;
    this.#steps[this.#pending] = step;
    for (const [index, column] of this.#columns.entries())
      column[this.#pending] = metrics[row * width + index] ?? NaN;
    this.#pending += 1;
    if (this.#pending === BATCH_ROWS) this.#flush();
  }

  #flush(): void {
    const rows = this.#pending;
    this.#stream.append([
      this.#steps.subarray(0, rows),
      ...this.#columns.map((column) => column.subarray(0, rows)),
    ]);
    this.#pending = 0;
  }
}

/** Returns the rows that do not fill a batch yet, by column: the steps, then each metric. */
export function pendingColumns({
  pendingSteps,
  pendingRows,
}: StepLogState): (Int32Array | StepLogState['pendingRows'])[] {
  const width = pendingRows.length / pendingSteps.length;
  const metrics = Array.from({ length: width }, (_, index) =>
    pendingRows.filter((_value, at) => at % width === index),
  );
  return [pendingSteps, ...metrics];
}
