import { nativeBackend } from '../../compiler/native/backend.js';

/** The size of the library's queue, which is written when it is full. */
const QUEUED_EVENTS = 1_000;
const FLUSH_MS = 120_000;

/** Writes a new TensorBoard event file. */
export class EventFile {
  readonly #backend = nativeBackend();
  readonly #writer;

  /** @param folder the folder of one run, in which the file is named by time and host */
  constructor(folder: string) {
    // `tf.node.summaryFileWriter` does the same, but never releases a writer and its open file.
    this.#writer = this.#backend.summaryWriter(folder);
    this.#backend.createSummaryFileWriter(this.#writer, folder, QUEUED_EVENTS, FLUSH_MS);
  }

  scalar(name: string, step: number, value: number): void {
    this.#backend.writeScalarSummary(this.#writer, step, name, value);
  }

  /** Writes the queued events and closes the file. */
  close(): void {
    this.#backend.flushSummaryWriter(this.#writer);
    this.#backend.executeMultipleOutputs('CloseSummaryWriter', [], [this.#writer], 0);
    this.#writer.dispose();
  }
}
