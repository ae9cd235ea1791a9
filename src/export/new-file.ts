import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeSync } from 'node:fs';
import path from 'node:path';
import { InputError, StoreError } from '../errors.js';
import { deleteIfPossible, fsyncFolder, makeFolder, reasonOf, TEMPORARY_SUFFIX } from '../store/files.js';

/** A file that is written under a temporary name until it is complete and durable. */
export class NewFile {
  readonly #file: string;
  readonly #temporary: string;
  readonly #descriptor: number;
  #bytes = 0;

  /** @throws an InputError if the file exists and may not be replaced, or is a folder */
  constructor(file: string, force: boolean) {
    this.#file = path.resolve(file);
    this.#temporary = `${this.#file}.${process.pid}${TEMPORARY_SUFFIX}`;
    if (existsSync(this.#file)) {
      if (!statSync(this.#file).isFile())
        throw new InputError(`${file} is not a file: choose another with --to`);
      if (!force)
        throw new InputError(`${file} exists: pass --force to replace it, or choose another with --to`);
    }
    this.#descriptor = this.#attempt(() => {
      makeFolder(path.dirname(this.#file));
      rmSync(this.#temporary, { force: true });
      return openSync(this.#temporary, 'wx');
    });
  }

  get bytes(): number {
    return this.#bytes;
  }

  write(bytes: Uint8Array): void {
    this.#attempt(() => {
      for (let written = 0; written < bytes.length;)
        written += writeSync(this.#descriptor, bytes, written, bytes.length - written);
    });
    this.#bytes += bytes.length;
  }

  /** Gives the file its final name. Once this returns, the file survives a power failure. */
  commit(): void {
    this.#attempt(() => {
      fsyncSync(this.#descriptor);
      renameSync(this.#temporary, this.#file);
      fsyncFolder(path.dirname(this.#file));
      closeSync(this.#descriptor);
    });
  }

  /** Deletes the file. */
  discard(): void {
    closeSync(this.#descriptor);
    deleteIfPossible(this.#temporary);
  }

  #attempt<T>(action: () => T): T {
    try {
      return action();
    } catch (error) {
      // The advice of a StoreError mentions --out, which does not apply here.
      const reason = reasonOf(error instanceof StoreError ? error.cause : error);
      throw new StoreError(
        `can't write ${this.#file} (${reason}): free some disk space or make it writable, or choose another file with --to`,
        { cause: error },
      );
    }
  }
}
