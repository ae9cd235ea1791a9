import { Redis } from 'ioredis';
import { QueueError } from '../../errors.js';
import { formatDuration } from '../../units.js';
import type { QueueAddress } from './address.js';
import { longestRetryMs, type QueueTiming } from './timing.js';

const FIRST_RETRY_MS = 50;
const CONNECT_MS = 10_000;
/** A Redis whose host has vanished never ends a connection. BullMQ waits for tasks for up to 10 s a call. */
const SILENCE_MS = 15_000;
const DISCONNECT_MS = 100;
const AUTHORITY_HINT = " NODE_EXTRA_CA_CERTS names the file of an own authority's certificate";

interface EndableClient {
  readonly status: string;
  connect(): Promise<unknown>;
  disconnect(): unknown;
}

/** A connection to Redis that comes back by itself, with back-off, and says so. */
export class QueueConnection {
  readonly client: Redis;
  readonly address: QueueAddress;
  /** Monotonic; null while Redis is gone. */
  #readySinceMs: number | null = null;
  #goneSinceMs: number | null = null;
  #reason = 'the connection ended';
  #isClosed = false;

  /** @throws a QueueError if Redis can't be used now: later it is waited for */
  static async open(
    address: QueueAddress,
    timing: QueueTiming,
    say: (line: string) => void,
  ): Promise<QueueConnection> {
    const connection = new QueueConnection(address, timing, say);
    try {
      await connection.client.connect();
      await connection.client.ping();
      return connection;
    } catch (error) {
      connection.close();
      throw new QueueError(
        `can't use the queue at ${address.shown} (${connection.#reasonOf(error)}): is Redis there, and the password right?${
          address.shown.startsWith('rediss:') ? AUTHORITY_HINT : ''
        }`,
        { cause: error },
      );
    }
  }

  private constructor(address: QueueAddress, timing: QueueTiming, say: (line: string) => void) {
    this.address = address;
    const most = longestRetryMs(timing);
    this.client = new Redis(address.url, {
      lazyConnect: true,
      connectTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // It keeps the process for so long after the connection has ended.
      disconnectTimeout: DISCONNECT_MS,
      // Commands wait for Redis to come back.
      maxRetriesPerRequest: null,
      retryStrategy: (times) =>
        this.#isClosed || (this.#readySinceMs === null && this.#goneSinceMs === null)
          ? null
          : Math.min(most, FIRST_RETRY_MS * 2 ** Math.min(times, 20)),
    });
    this.client.on('error', (error: Error) => {
      this.#reason = this.#reasonOf(error);
    });
    this.client.on('close', () => {
      this.#gone(say);
    });
    this.client.on('ready', () => {
      this.#back(say);
    });
  }

  get isReady(): boolean {
    return this.#readySinceMs !== null;
  }

  /** How long it has been there without a break. */
  readyForMs(nowMs: number): number {
    return this.#readySinceMs === null ? 0 : nowMs - this.#readySinceMs;
  }

  /**
   * At once, with the clients that BullMQ has made of this one: its own way would wait for an end that a client without a socket does
   * not tell, or for a beginning.
   */
  close(...others: readonly (Promise<EndableClient> | undefined)[]): void {
    this.#isClosed = true;
    end(this.client);
    for (const other of others) other?.then(end).catch(() => undefined);
  }

  #gone(say: (line: string) => void): void {
    if (this.#readySinceMs === null || this.#isClosed) return;
    this.#readySinceMs = null;
    this.#goneSinceMs = performance.now();
    say(`the queue at ${this.address.shown} is gone (${this.#reason}): waiting for it to come back`);
  }

  #back(say: (line: string) => void): void {
    const now = performance.now();
    this.#readySinceMs = now;
    if (this.#goneSinceMs !== null)
      say(`the queue at ${this.address.shown} is back, after ${formatDuration(now - this.#goneSinceMs)}`);
    this.#goneSinceMs = null;
  }

  /** Never with the URL: it may hold a password. */
  #reasonOf(error: unknown): string {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const text = message === '' || code === 'ECONNREFUSED' ? code : message;
    // ioredis ends a connection whose first command failed without saying why.
    return text === 'Connection is closed.' ? this.#reason : text;
  }
}

/**
 * Between two tries to connect, ioredis forgets the next one but never ends, nor do commands that wait for it (its pull request
 * 2169); and BullMQ, which waits for them, renews locks for ever, which keeps the process. So the next try is begun, to be ended.
 */
function end(client: EndableClient): void {
  if (client.status === 'reconnecting') client.connect().catch(() => undefined);
  client.disconnect();
}
