import { createHash } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  readSync,
  writeSync,
} from 'node:fs';
import type { Schema } from 'apache-arrow';
import { CorruptTaskError } from '../errors.js';
import type { StreamState } from '../store/checkpoint.js';
import { wrapStoreErrors, assertNotSymlink, writeFailure } from '../store/files.js';
import { StreamEncoder, streamToFile, type ColumnValues } from './encode.js';

export const EMPTY_STREAM: StreamState = { bytes: 0, sha256: null };

/**
 * A growing `.arrows` file. Only complete batches are appended. A checkpoint records the length after `sync`, and opening the file with
 * that length drops everything written after it.
 */
export class BatchStream {
  readonly #encoder: StreamEncoder;
  readonly #path: string;
  readonly #file: number;
  /** The hash of all bytes written, which detects changes by other processes or the disk. */
  readonly #hash = createHash('sha256');
  #bytes = 0;

  /**
   * @param keep the prefix of the file to continue from
   * @throws a CorruptTaskError if the file does not have that prefix
   */
  constructor(path: string, schema: Schema, keep: StreamState) {
    this.#encoder = new StreamEncoder(schema);
    this.#path = path;
    assertNotSymlink(path);
    this.#file = wrapStoreErrors(`write ${path}`, () => openSync(path, existsSync(path) ? 'r+' : 'w+'));
    try {
      this.#keep(keep);
      wrapStoreErrors(`write ${path}`, () => {
        ftruncateSync(this.#file, keep.bytes);
      });
      if (keep.bytes === 0) this.#write(this.#encoder.head);
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  append(columns: readonly ColumnValues[]): void {
    this.#write(this.#encoder.encode(columns));
  }

  /** Makes all appended batches durable. */
  sync(): StreamState {
    try {
      fsyncSync(this.#file);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    return { bytes: this.#bytes, sha256: this.#digest() };
  }

  /** Returns the stream in Arrow's file format. */
  toFile(): Uint8Array {
    const bytes = this.#read(this.#bytes);
    if (createHash('sha256').update(bytes).digest('hex') !== this.#digest())
      throw new CorruptTaskError(`${this.#path} does not read back as it was written`);
    return streamToFile(bytes);
  }

  close(): void {
    closeSync(this.#file);
  }

  /** Verifies the prefix to keep. It was durable before its checkpoint was written, so a file without it is corrupt. */
  #keep({ bytes, sha256 }: StreamState): void {
    const size = fstatSync(this.#file).size;
    if (size < bytes)
      throw new CorruptTaskError(
        `${this.#path} has ${size} bytes, fewer than the ${bytes} in its checkpoint`,
      );
    this.#hash.update(this.#read(bytes));
    if (sha256 !== null && sha256 !== this.#digest())
      throw new CorruptTaskError(`${this.#path} does not match its SHA-256 in the checkpoint`);
    this.#bytes = bytes;
  }

  #read(length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = readSync(this.#file, bytes, done, length - done, done);
      if (read === 0) throw new CorruptTaskError(`${this.#path} was truncated while it was being read`);
      done += read;
    }
    return bytes;
  }

  #write(bytes: Uint8Array): void {
    try {
      for (let written = 0; written < bytes.length;)
        written += writeSync(this.#file, bytes, written, bytes.length - written, this.#bytes + written);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
  }

  #digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
