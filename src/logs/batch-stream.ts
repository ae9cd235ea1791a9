import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readFileSync,
  writeSync,
} from 'node:fs';
import type { Schema } from 'apache-arrow';
import { CorruptTaskError } from '../errors.js';
import { writeFailure } from '../store/files.js';
import { StreamEncoder, streamToFile, type ColumnValues } from './encode.js';

/**
 * A growing `.arrows` file. Batches are appended whole; a checkpoint notes the length after `sync`, and opening with that length
 * drops whatever was written after it.
 */
export class BatchStream {
  readonly #encoder: StreamEncoder;
  readonly #path: string;
  readonly #file: number;
  #bytes: number;

  /** @param keepBytes length to continue from, 0 to start anew */
  constructor(path: string, schema: Schema, keepBytes: number) {
    this.#encoder = new StreamEncoder(schema);
    this.#path = path;
    this.#file = openSync(path, existsSync(path) ? 'r+' : 'w+');
    refuseShorter(path, fstatSync(this.#file).size, keepBytes);
    ftruncateSync(this.#file, keepBytes);
    this.#bytes = keepBytes;
    if (keepBytes === 0) this.#write(this.#encoder.head);
  }

  append(columns: readonly ColumnValues[]): void {
    this.#write(this.#encoder.encode(columns));
  }

  /** Makes what was appended durable, and returns the file's length. */
  sync(): number {
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    return this.#bytes;
  }

  /** The stream in Arrow's file format. */
  toFile(): Uint8Array {
    return streamToFile(readFileSync(this.#path));
  }

  close(): void {
    closeSync(this.#file);
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;)
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#bytes + written);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    this.#bytes += bytes.length;
  }
}

/** Bytes that a checkpoint names were durable before it was written: a file without them was changed by somebody else. */
function refuseShorter(path: string, bytes: number, keepBytes: number): void {
  if (bytes < keepBytes)
    throw new CorruptTaskError(`${path} has ${bytes} bytes, but its checkpoint goes on from ${keepBytes}`);
}
