import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import {
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListObjectsV2Command,
  S3Client,
  type ListObjectsV2CommandOutput,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { BucketError } from '../../errors.js';
import { writeFailure } from '../../store/files.js';
import { formatCount } from '../../units.js';
import type { BucketAddress } from './address.js';

/** The time that transfers have to end after a stop request. */
const STOP_GRACE_MS = 30_000;
const CONNECT_MS = 5_000;
/** Without a byte. */
const SILENCE_MS = 30_000;
/** Tries of one request, with the SDK's back-off between them. */
const TRIES = 4;
/** A listing with more in it is refused: a store of a hundred thousand tasks has fewer. */
const MAX_KEYS = 1_000_000;
const MAX_REASON_CHARACTERS = 200;

// It says that versions of next year need another Node; the one here is exact.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** The one door to S3: files under keys, all beneath the address's prefix. */
export class Objects {
  readonly address: BucketAddress;
  readonly #client: S3Client;
  readonly #over = new AbortController();

  /** @param signal requests a stop */
  constructor(address: BucketAddress, signal: AbortSignal) {
    this.address = address;
    this.#client = new S3Client({
      // Servers other than Amazon's have no host for each bucket.
      forcePathStyle: isElsewhere(),
      maxAttempts: TRIES,
      requestHandler: { connectionTimeout: CONNECT_MS, socketTimeout: SILENCE_MS },
      // Not all servers know these; what arrives is compared with the marker's SHA-256.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const end = (): void => {
      setTimeout(() => {
        this.#over.abort();
      }, STOP_GRACE_MS).unref();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  }

  /** @throws a BucketError if it can't be used: asking for an object does not distinguish a missing bucket from a missing object */
  async check(): Promise<void> {
    const { name: Bucket, prefix: Prefix } = this.address;
    await this.#ask(() =>
      this.#client.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }), this.#until()),
    );
  }

  async has(key: string): Promise<boolean> {
    const command = new HeadObjectCommand(this.#at(key));
    const found = await this.#ask(() => this.#client.send(command, this.#until()));
    return found !== null;
  }

  async put(key: string, file: string): Promise<void> {
    const Body = createReadStream(file);
    // In parts of 5 MiB, each of which can be sent again: a stream can't.
    const upload = new Upload({ client: this.#client, params: { ...this.#at(key), Body }, queueSize: 1 });
    const abort = (): void => {
      void upload.abort();
    };
    this.#over.signal.addEventListener('abort', abort, { once: true });
    try {
      await this.#ask(() => upload.done());
    } finally {
      this.#over.signal.removeEventListener('abort', abort);
      Body.destroy();
    }
  }

  /**
   * Writes it to a new file.
   * @returns how many bytes it has, null where there is no such object, or 'too large', and then the file is not whole
   */
  async get(key: string, file: string, mostBytes: number): Promise<number | 'too large' | null> {
    const command = new GetObjectCommand(this.#at(key));
    const found = await this.#ask(() => this.#client.send(command, this.#until()));
    if (found === null) return null;
    const { Body } = found;
    if (!(Body instanceof Readable)) throw this.#failure(new Error('no contents came'));
    const handle = await open(file, 'wx').catch((error: unknown) => {
      throw writeFailure(file, error);
    });
    let bytes = 0;
    try {
      const chunks = (Body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
      for (;;) {
        const next = await this.#ask(() => chunks.next());
        if (next === null || next.done === true) return bytes;
        bytes += next.value.length;
        if (bytes > mostBytes) return 'too large';
        await handle.writeFile(next.value).catch((error: unknown) => {
          throw writeFailure(file, error);
        });
      }
    } finally {
      Body.destroy();
      await handle.close();
    }
  }

  /** All that begin so, without the address's prefix. */
  async list(start: string): Promise<string[]> {
    const { name: Bucket, prefix, shown } = this.address;
    const keys: string[] = [];
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const page: ListObjectsV2CommandOutput | null = await this.#ask(() =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket, Prefix: `${prefix}${start}`, ContinuationToken: token }),
          this.#until(),
        ),
      );
      keys.push(...(page?.Contents ?? []).flatMap(({ Key }) => (Key === undefined ? [] : [Key])));
      if (keys.length > MAX_KEYS)
        throw new BucketError(
          `${shown} has more than ${formatCount(MAX_KEYS)} objects: choose another prefix`,
        );
      token = page?.NextContinuationToken;
    }
    return keys.map((key) => key.slice(prefix.length));
  }

  async remove(key: string): Promise<void> {
    await this.#ask(() => this.#client.send(new DeleteObjectCommand(this.#at(key)), this.#until()));
  }

  #at(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.address.name, Key: `${this.address.prefix}${key}` };
  }

  #until(): { abortSignal: AbortSignal } {
    return { abortSignal: this.#over.signal };
  }

  /** @returns null where there is no such object */
  async #ask<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)) return null;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): BucketError {
    return new BucketError(
      `can't use the bucket at ${this.address.shown} (${reasonOf(error)}): are its name, AWS_ENDPOINT_URL, AWS_REGION and the credentials right?`,
      { cause: error },
    );
  }
}

/** The SDK treats an empty variable as unset. */
function isElsewhere(): boolean {
  return ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].some((name) => (process.env[name] ?? '') !== '');
}

/** What a server says goes to a terminal. */
function reasonOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text =
    message === '' ? code || name : `${/^(Error|TypeError)$/.test(name) ? '' : `${name}: `}${message}`;
  return text.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_REASON_CHARACTERS);
}
