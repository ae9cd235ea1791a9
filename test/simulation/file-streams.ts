import fs from 'node:fs';

/** A stream of a simulated file, which its reader reads at once. */
export class FakeReadStream {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  content(): Buffer {
    return fs.readFileSync(this.#file);
  }

  destroy(): this {
    return this;
  }
}

/** A file handle like that of `open` of `node:fs/promises`, for a simulated file that is being written. */
export class FakeFileHandle {
  readonly #descriptor: number;

  constructor(file: string, flags: string) {
    this.#descriptor = fs.openSync(file, flags);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- Its errors are rejections.
  async writeFile(data: Buffer): Promise<void> {
    fs.writeFileSync(this.#descriptor, data);
  }

  // eslint-disable-next-line @typescript-eslint/require-await -- Its errors are rejections.
  async close(): Promise<void> {
    fs.closeSync(this.#descriptor);
  }
}
