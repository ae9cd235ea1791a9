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

/** The time that transfers have to finish after a stop request. */
const STOP_GRACE_MS = 30_000;
const CONNECT_TIMEOUT_MS = 5_000;
/** The time without receiving a byte after which a request fails. */
const IDLE_TIMEOUT_MS = 30_000;
/** The number of attempts at one request, with the SDK's back-off between them. */
const MAX_ATTEMPTS = 4;
/** A listing with more keys is rejected: a store of a hundred thousand tasks has fewer. */
const MAX_KEYS = 1_000_000;
const MAX_REASON_CHARACTERS = 200;

// The SDK warns that future versions will need a newer Node, but the version is pinned here.
process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';

/** The only access to S3: files under keys, all below the prefix of the address. */
export class ObjectStore {
  readonly address: BucketAddress;
  readonly #client: S3Client;
  readonly #deadline = new AbortController();

  /** @param signal requests a stop when it aborts */
  constructor(address: BucketAddress, signal: AbortSignal) {
    this.address = address;
    this.#client = new S3Client({
      // Servers other than Amazon's have no host name per bucket.
      forcePathStyle: hasCustomEndpoint(),
      maxAttempts: MAX_ATTEMPTS,
      requestHandler: { connectionTimeout: CONNECT_TIMEOUT_MS, socketTimeout: IDLE_TIMEOUT_MS },
      // Not all servers support these checksums. Downloads are verified against the SHA-256 in the marker anyway.
      requestChecksumCalculation: 'WHEN_REQUIRED',
      responseChecksumValidation: 'WHEN_REQUIRED',
    });
    const end = (): void => {
      setTimeout(() => {
        this.#deadline.abort();
      }, STOP_GRACE_MS).unref();
    };
    if (signal.aborted) end();
    else signal.addEventListener('abort', end, { once: true });
  }

  /**
   * Checks that the bucket can be used. Requests for objects can't tell a missing bucket from a missing object.
   * @throws a BucketError if it can't be used
   */
  async check(): Promise<void> {
    const { name: Bucket, prefix: Prefix } = this.address;
    await this.#request(() =>
      this.#client.send(new ListObjectsV2Command({ Bucket, Prefix, MaxKeys: 1 }), this.#abortOptions()),
    );
  }

  async has(key: string): Promise<boolean> {
    const command = new HeadObjectCommand(this.#location(key));
    const found = await this.#request(() => this.#client.send(command, this.#abortOptions()));
    return found !== null;
  }

  async put(key: string, file: string): Promise<void> {
    const Body = createReadStream(file);
    // Upload in parts of 5 MiB, each of which can be retried. A stream can't be.
    const upload = new Upload({
      client: this.#client,
      params: { ...this.#location(key), Body },
      queueSize: 1,
    });
    const abort = (): void => {
      void upload.abort();
    };
    this.#deadline.signal.addEventListener('abort', abort, { once: true });
    try {
      await this.#request(() => upload.done());
    } finally {
      this.#deadline.signal.removeEventListener('abort', abort);
      Body.destroy();
    }
  }

  /**
   * Downloads an object into a new file.
   * @returns its size in bytes; null if the object does not exist; or 'too large', in which case the file is incomplete
   */
  async get(key: string, file: string, maxBytes: number): Promise<number | 'too large' | null> {
    const command = new GetObjectCommand(this.#location(key));
    const found = await this.#request(() => this.#client.send(command, this.#abortOptions()));
    if (found === null) return null;
    const { Body } = found;
    if (!(Body instanceof Readable)) throw this.#failure(new Error('the response has no body'));
    const handle = await open(file, 'wx').catch((error: unknown) => {
      throw writeFailure(file, error);
    });
    let bytes = 0;
    try {
      const chunks = (Body as AsyncIterable<Buffer>)[Symbol.asyncIterator]();
      for (;;) {
        const next = await this.#request(() => chunks.next());
        if (next === null || next.done === true) return bytes;
        bytes += next.value.length;
        if (bytes > maxBytes) return 'too large';
        await handle.writeFile(next.value).catch((error: unknown) => {
          throw writeFailure(file, error);
        });
      }
    } finally {
      Body.destroy();
      await handle.close();
    }
  }

  /** Returns all keys that start with `start`, without the prefix of the address. */
  async list(start: string): Promise<string[]> {
    const { name: Bucket, prefix, shown } = this.address;
    const keys: string[] = [];
    for (let token: string | undefined, isFirst = true; isFirst || token !== undefined; isFirst = false) {
      const page: ListObjectsV2CommandOutput | null = await this.#request(() =>
        this.#client.send(
          new ListObjectsV2Command({ Bucket, Prefix: `${prefix}${start}`, ContinuationToken: token }),
          this.#abortOptions(),
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
    await this.#request(() =>
      this.#client.send(new DeleteObjectCommand(this.#location(key)), this.#abortOptions()),
    );
  }

  #location(key: string): { Bucket: string; Key: string } {
    return { Bucket: this.address.name, Key: `${this.address.prefix}${key}` };
  }

  #abortOptions(): { abortSignal: AbortSignal } {
    return { abortSignal: this.#deadline.signal };
  }

  /** Sends a request and turns its errors into BucketErrors. @returns null if the object does not exist */
  async #request<T>(action: () => Promise<T>): Promise<T | null> {
    try {
      return await action();
    } catch (error) {
      if (error instanceof Error && ['NoSuchKey', 'NotFound'].includes(error.name)) return null;
      throw this.#failure(error);
    }
  }

  #failure(error: unknown): BucketError {
    return new BucketError(
      `can't use the bucket at ${this.address.shown} (${reasonOf(error)}): check its name, AWS_ENDPOINT_URL, AWS_REGION and the credentials`,
      { cause: error },
    );
  }
}

/** Returns whether an endpoint is set. The SDK treats an empty variable as unset. */
function hasCustomEndpoint(): boolean {
  return ['AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL'].some((name) => (process.env[name] ?? '') !== '');
}

/** Returns the reason of an error without control characters, because the server's text goes to a terminal. */
function reasonOf(error: unknown): string {
  const { name, message } = error instanceof Error ? error : new Error(String(error));
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const text =
    message === '' ? code || name : `${/^(Error|TypeError)$/.test(name) ? '' : `${name}: `}${message}`;
  return text.replaceAll(/\p{Cc}/gu, ' ').slice(0, MAX_REASON_CHARACTERS);
}
