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

/** Passed as `unwrittenBytes`, this saves the files of tasks that end before their first checkpoint. */
export const UNWRITTEN_BYTES = 64 * 1024;

/**
 * A growing `.arrows` file. Only complete batches are appended. A
 * checkpoint records the length after `sync`, and opening the file with that length drops everything written after it.
 */
export class BatchStream {
  readonly #encoder: StreamEncoder;
  readonly #path: string;
  readonly #unwrittenBytes: number;
  /** Null before the file is created. */
  #file: number | null = null;
  /** The start of the stream, before the file is created. */
  #unwritten: Uint8Array[] = [];
  /** The hash of all appended bytes, which detects changes of the file by other processes or the disk. */
  readonly #hash = createHash('sha256');
  #bytes = 0;

  /**
   * @param keep the prefix of the file to continue from
   * @param unwrittenBytes the file is created by the first `sync`, or once the stream is longer than this
   * @throws a CorruptTaskError if the file does not have that prefix
   */
  constructor(path: string, schema: Schema, keep: StreamState, unwrittenBytes = 0) {
    this.#unwrittenBytes = unwrittenBytes;
    this.#encoder = new StreamEncoder(schema);
    this.#path = path;
    assertNotSymlink(path);
    if (existsSync(path) || keep.bytes > 0) {
      const file = wrapStoreErrors(`write ${path}`, () => openSync(path, existsSync(path) ? 'r+' : 'w+'));
      try {
        this.#keep(file, keep);
        wrapStoreErrors(`write ${path}`, () => {
          ftruncateSync(file, keep.bytes);
        });
      } catch (error) {
        closeSync(file);
        throw error;
      }
      this.#file = file;
    }
    if (keep.bytes === 0) this.#append(this.#encoder.head);
  }

  append(columns: readonly ColumnValues[]): void {
    this.#append(this.#encoder.encode(columns));
  }

  /** Makes all appended batches durable. The folder's entry of a new file is not. */
  sync(): StreamState {
    const file = this.#file ?? this.#create();
    try {
      fsyncSync(file);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
    return { bytes: this.#bytes, sha256: this.#digest() };
  }

  /** Returns the stream in Arrow's file format. */
  toFile(): Uint8Array {
    if (this.#file === null) return streamToFile(Buffer.concat(this.#unwritten));
    const bytes = this.#read(this.#file, this.#bytes);
    if (createHash('sha256').update(bytes).digest('hex') !== this.#digest())
      throw new CorruptTaskError(`${this.#path} does not read back as it was written`);
    return streamToFile(bytes);
  }

  close(): void {
    if (this.#file !== null) closeSync(this.#file);
  }

  /** Verifies the prefix to keep. It was durable before its checkpoint was written, so a file without it is corrupt. */
  #keep(file: number, { bytes, sha256 }: StreamState): void {
    const size = fstatSync(file).size;
    if (size < bytes)
      throw new CorruptTaskError(
        `${this.#path} has ${size} bytes, fewer than the ${bytes} in its checkpoint`,
      );
    this.#hash.update(this.#read(file, bytes));
    if (sha256 !== null && sha256 !== this.#digest())
      throw new CorruptTaskError(`${this.#path} does not match its SHA-256 in the checkpoint`);
    this.#bytes = bytes;
  }

  #read(file: number, length: number): Uint8Array {
    const bytes = new Uint8Array(length);
    for (let done = 0; done < length;) {
      const read = readSync(file, bytes, done, length - done, done);
      if (read === 0) throw new CorruptTaskError(`${this.#path} was truncated while it was being read`);
      done += read;
    }
    return bytes;
  }

  #append(bytes: Uint8Array): void {
    if (this.#file === null) this.#unwritten.push(bytes);
    else this.#write(this.#file, bytes, this.#bytes);
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    if (this.#file === null && this.#bytes > this.#unwrittenBytes) this.#create();
  }

  #create(): number {
    const file = wrapStoreErrors(`write ${this.#path}`, () => openSync(this.#path, 'wx+'));
    this.#file = file;
    this.#write(file, Buffer.concat(this.#unwritten), 0);
    this.#unwritten = [];
    return file;
  }

  #write(file: number, bytes: Uint8Array, position: number): void {
    try {
      for (let written = 0; written < bytes.length;)
        written += writeSync(file, bytes, written, bytes.length - written, position + written);
    } catch (error) {
      throw writeFailure(this.#path, error);
    }
  }

  #digest(): string {
    return this.#hash.copy().digest('hex');
  }
}
