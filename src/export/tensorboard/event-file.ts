import { nativeBackend } from '../../compiler/native/backend.js';

/** Of the queue that the library keeps: it writes by itself when it is full. */
const QUEUED_EVENTS = 1_000;
const FLUSH_MS = 120_000;

/** A new event file of TensorBoard. */
export class EventFile {
  readonly #backend = nativeBackend();
  readonly #writer;

  /** @param folder of one run; the file in it is named by time and host */
  constructor(folder: string) {
    // `tf.node.summaryFileWriter` does the same, but keeps every writer, and its open file, for good.
    this.#writer = this.#backend.summaryWriter(folder);
    this.#backend.createSummaryFileWriter(this.#writer, folder, QUEUED_EVENTS, FLUSH_MS);
  }

  scalar(name: string, step: number, value: number): void {
    this.#backend.writeScalarSummary(this.#writer, step, name, value);
  }

  /** Writes what is queued. */
  close(): void {
    this.#backend.flushSummaryWriter(this.#writer);
    this.#backend.executeMultipleOutputs('CloseSummaryWriter', [], [this.#writer], 0);
    this.#writer.dispose();
  }
}
