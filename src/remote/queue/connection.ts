import { Redis } from 'ioredis';
import { QueueError } from '../../errors.js';
import { formatDuration } from '../../units.js';
import type { QueueAddress } from './address.js';
import { maxRetryDelayMs, type QueueTiming } from './timing.js';

const FIRST_RETRY_MS = 50;
const CONNECT_TIMEOUT_MS = 10_000;
/** Detects a Redis with a host that is gone, which never closes a connection. BullMQ's calls wait for tasks for up to 10 s. */
const IDLE_TIMEOUT_MS = 15_000;
const DISCONNECT_TIMEOUT_MS = 100;
const AUTHORITY_HINT =
  "; for your own certificate authority, set NODE_EXTRA_CA_CERTS to its certificate's file";

interface EndableClient {
  readonly status: string;
  connect(): Promise<unknown>;
  disconnect(): unknown;
}

/** A connection to Redis that reconnects by itself, with back-off, and reports it. */
export class QueueConnection {
  readonly client: Redis;
  readonly address: QueueAddress;
  /** Monotonic milliseconds; null while Redis is gone. */
  #readySinceMs: number | null = null;
  #goneSinceMs: number | null = null;
  #reason = 'the connection was closed';
  #isClosed = false;

  /** Connects to Redis. @throws a QueueError if Redis can't be used now; later outages are waited for */
  static async open(
    address: QueueAddress,
    timing: QueueTiming,
    print: (line: string) => void,
  ): Promise<QueueConnection> {
    const connection = new QueueConnection(address, timing, print);
    try {
      await connection.client.connect();
      await connection.client.ping();
      return connection;
    } catch (error) {
      connection.close();
      throw new QueueError(
        `can't use the queue at ${address.shown} (${connection.#reasonOf(error)}): check that Redis is running there and that the password is correct${
          address.shown.startsWith('rediss:') ? AUTHORITY_HINT : ''
        }`,
        { cause: error },
      );
    }
  }

  private constructor(address: QueueAddress, timing: QueueTiming, print: (line: string) => void) {
    this.address = address;
    const maxDelayMs = maxRetryDelayMs(timing);
    this.client = new Redis(address.url, {
      lazyConnect: true,
      connectTimeout: CONNECT_TIMEOUT_MS,
      socketTimeout: IDLE_TIMEOUT_MS,
      // This timeout keeps the process alive that long after the connection is closed.
      disconnectTimeout: DISCONNECT_TIMEOUT_MS,
      // Commands wait until Redis is reachable again.
      maxRetriesPerRequest: null,
      retryStrategy: (times) =>
        this.#isClosed || (this.#readySinceMs === null && this.#goneSinceMs === null)
          ? null
          : Math.min(maxDelayMs, FIRST_RETRY_MS * 2 ** Math.min(times, 20)),
    });
    this.client.on('error', (error: Error) => {
      this.#reason = this.#reasonOf(error);
    });
    this.client.on('close', () => {
      this.#gone(print);
    });
    this.client.on('ready', () => {
      this.#back(print);
    });
  }

  get isReady(): boolean {
    return this.#readySinceMs !== null;
  }

  /** Returns how long Redis has been connected without interruption, in milliseconds. */
  readyForMs(nowMs: number): number {
    return this.#readySinceMs === null ? 0 : nowMs - this.#readySinceMs;
  }

  /**
   * Closes the connection immediately, along with the clients that BullMQ derived from it. BullMQ's own way would wait for an event
   * that a client without a socket never emits.
   */
  close(...others: readonly (Promise<EndableClient> | undefined)[]): void {
    this.#isClosed = true;
    end(this.client);
    for (const other of others) other?.then(end).catch(() => undefined);
  }

  #gone(print: (line: string) => void): void {
    if (this.#readySinceMs === null || this.#isClosed) return;
    this.#readySinceMs = null;
    this.#goneSinceMs = performance.now();
    print(`lost the connection to the queue at ${this.address.shown} (${this.#reason}): reconnecting`);
  }

  #back(print: (line: string) => void): void {
    const now = performance.now();
    this.#readySinceMs = now;
    if (this.#goneSinceMs !== null)
      print(
        `reconnected to the queue at ${this.address.shown} after ${formatDuration(now - this.#goneSinceMs)}`,
      );
    this.#goneSinceMs = null;
  }

  /** Returns the reason of an error, without the URL, because it may contain a password. */
  #reasonOf(error: unknown): string {
    const { message } = error instanceof Error ? error : new Error(String(error));
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    const text = message === '' || code === 'ECONNREFUSED' ? code : message;
    // ioredis does not say why it closed a connection after its first command failed.
    return text === 'Connection is closed.' ? this.#reason : text;
  }
}

/**
 * Disconnects the client. Between two attempts to connect, ioredis cancels the next one but never ends, and neither do the commands
 * that wait for it (its pull request 2169). BullMQ, which waits for them, would renew locks forever and keep the process alive. So
 * start the next attempt first, in order to end it.
 */
function end(client: EndableClient): void {
  if (client.status === 'reconnecting') client.connect().catch(() => undefined);
  client.disconnect();
}
