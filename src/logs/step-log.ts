import type { Schema } from 'apache-arrow';
import { BatchStream } from './batch-stream.js';

/** Rows of a record batch: which rows share one does not depend on stops. */
const BATCH_ROWS = 1000;

/** Where a step log is, for a checkpoint: durable bytes, and rows that do not fill a batch yet. */
export interface StepLogState {
  readonly bytes: number;
  readonly pendingSteps: Int32Array;
  /** Row-major, [pending, metrics]. */
  readonly pendingRows: Float32Array;
}

export const EMPTY_STEP_LOG: StepLogState = {
  bytes: 0,
  pendingSteps: new Int32Array(),
  pendingRows: new Float32Array(),
};

/** The log of every `everySteps`-th step, in bounded memory. */
export class StepLog {
  readonly #stream: BatchStream;
  readonly #width: number;
  readonly #everySteps: number;
  readonly #steps: number[];
  readonly #rows: number[][];

  constructor(path: string, schema: Schema, everySteps: number, state: StepLogState) {
    this.#stream = new BatchStream(path, schema, state.bytes);
    this.#width = schema.fields.length - 1;
    this.#everySteps = everySteps;
    this.#steps = [...state.pendingSteps];
    this.#rows = this.#split(state.pendingRows, this.#steps.length);
  }

  /** @param metrics of the steps from `firstStep` on, row-major */
  append(firstStep: number, metrics: Float32Array): void {
    this.#split(metrics, metrics.length / this.#width).forEach((row, index) => {
      if ((firstStep + index) % this.#everySteps !== 0) return;
      this.#steps.push(firstStep + index);
      this.#rows.push(row);
      if (this.#steps.length === BATCH_ROWS) this.#flush();
    });
  }

  /** Makes the whole batches durable. */
  sync(): StepLogState {
    return {
      bytes: this.#stream.sync(),
      pendingSteps: Int32Array.from(this.#steps),
      pendingRows: Float32Array.from(this.#rows.flat()),
    };
  }

  /** Writes the last, shorter batch and returns the whole log in the file format. */
  finish(): Uint8Array {
    if (this.#steps.length > 0) this.#flush();
    return this.#stream.toFile();
  }

  close(): void {
    this.#stream.close();
  }

  #flush(): void {
    const columns = Array.from({ length: this.#width }, (_, column) => this.#rows.map((row) => row[column]));
    this.#stream.append([this.#steps, ...columns]);
    this.#steps.length = 0;
    this.#rows.length = 0;
  }

  #split(values: Float32Array, count: number): number[][] {
    return Array.from({ length: count }, (_, row) => [
      ...values.subarray(row * this.#width, (row + 1) * this.#width),
    ]);
  }
}
