import { setTimeout as delay } from 'node:timers/promises';
import { Redis } from 'ioredis';
import type { QueueModel } from './queue-model.js';
import type { SimulatedProcess } from './process.js';
import { currentProcess, type World } from './world.js';

const MAX_LATENCY_MS = 20;
/** How likely a connection breaks between a command and its reply while there are faults. The client then sends the command again. */
const LOST_REPLY_CHANCE = 0.02;
/** How likely a message takes much longer than usual. */
const SLOW_CHANCE = 0.02;
const MAX_SLOW_MS = 3_000;

/** Redis, and which machines reach it. */
export class SimulatedRedis {
  readonly world: World;
  readonly queue: QueueModel;
  readonly unreachableFrom = new Set<string>();
  isDown = false;
  readonly links = new Set<RedisLink>();

  constructor(world: World, queue: QueueModel) {
    this.world = world;
    this.queue = queue;
  }

  isReachableFrom({ machine }: SimulatedProcess): boolean {
    return !this.isDown && !this.unreachableFrom.has(machine.name);
  }

  /** Breaks the connections over which Redis can no longer be reached. */
  breakLinks(): void {
    for (const link of this.links) if (!this.isReachableFrom(link.process)) link.break('ECONNRESET');
  }
}

/** The connections of a process to Redis, which break and recover together. */
export class RedisLink {
  readonly process: SimulatedProcess;
  readonly redis: SimulatedRedis;
  readonly #client: Redis;
  /** Increases whenever the connection breaks. */
  #breaks = 0;
  #isConnected = false;
  #isClosed = false;
  #waiting: (() => void)[] = [];

  constructor(process: SimulatedProcess, redis: SimulatedRedis, client: Redis) {
    this.process = process;
    this.redis = redis;
    this.#client = client;
    redis.links.add(this);
  }

  async connect(): Promise<void> {
    await this.#latency();
    if (this.#isClosed) return;
    if (!this.redis.isReachableFrom(this.process)) {
      const error = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
      this.#client.emit('error', error);
      throw error;
    }
    this.#isConnected = true;
    this.#setStatus('ready');
    this.#client.emit('ready');
    for (const proceed of this.#waiting.splice(0)) proceed();
  }

  break(code: string): void {
    if (!this.#isConnected || this.#isClosed) return;
    this.redis.world.after(0, this.process, () => {
      if (!this.#isConnected || this.#isClosed) return;
      this.#isConnected = false;
      this.#breaks += 1;
      this.process.note('loses its connection to Redis');
      this.#setStatus('reconnecting');
      this.#client.emit('error', Object.assign(new Error(code), { code }));
      this.#client.emit('close');
      void this.#reconnect();
    });
  }

  close(): void {
    this.#isClosed = true;
    this.#isConnected = false;
    this.#breaks += 1;
    this.#setStatus('end');
    this.redis.links.delete(this);
    for (const proceed of this.#waiting.splice(0)) proceed();
  }

  /** Executes a command on the server. Like ioredis, it waits for a connection, and sends the command again if there was no reply. */
  async call<T>(command: (queue: QueueModel) => T): Promise<T> {
    const { world, queue } = this.redis;
    for (;;) {
      await this.#untilConnected();
      const breaks = this.#breaks;
      await this.#latency();
      if (this.#breaks !== breaks) continue;
      let reply: { readonly value: T } | { readonly error: Error };
      try {
        reply = { value: command(queue) };
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        reply = { error };
      }
      if (world.hasFaults && world.random.chance(LOST_REPLY_CHANCE)) this.break('EPIPE');
      await this.#latency();
      if (this.#breaks !== breaks) continue;
      if ('error' in reply) throw reply.error;
      return reply.value;
    }
  }

  /** Waits until a command returns something, or the time is over. */
  async block<T>(command: (queue: QueueModel) => T | null, ms: number): Promise<T | null> {
    const endMs = this.redis.world.nowMs + ms;
    for (;;) {
      const value = await this.call(command);
      const leftMs = endMs - this.redis.world.nowMs;
      if (value !== null || leftMs <= 0) return value;
      await new Promise<void>((resolve) => {
        const cancel = this.redis.queue.onceChanged(resolve);
        setTimeout(() => {
          cancel();
          resolve();
        }, leftMs);
      });
    }
  }

  async #reconnect(): Promise<void> {
    for (let times = 1; !this.#isClosed && this.process.isAlive; times += 1) {
      const waitMs = this.#client.options.retryStrategy?.(times);
      if (typeof waitMs !== 'number') return;
      await delay(waitMs);
      try {
        await this.connect();
        return;
      } catch {
        // The next attempt may succeed.
      }
    }
  }

  async #untilConnected(): Promise<void> {
    while (!this.#isConnected) {
      if (this.#isClosed) throw new Error('Connection is closed.');
      await new Promise<void>((resolve) => {
        this.#waiting.push(resolve);
      });
    }
  }

  async #latency(): Promise<void> {
    const { random, hasFaults } = this.redis.world;
    await delay(random.between(0, hasFaults && random.chance(SLOW_CHANCE) ? MAX_SLOW_MS : MAX_LATENCY_MS));
  }

  #setStatus(status: 'ready' | 'reconnecting' | 'end'): void {
    Object.assign(this.#client, { status });
  }
}

const links = new WeakMap<Redis, RedisLink>();

/** Returns the connection behind a client of ioredis. */
export function linkOf(client: Redis): RedisLink {
  const known = links.get(client);
  if (known !== undefined) return known;
  const process = currentProcess();
  const redis = process?.world.redis;
  if (process === undefined || redis == null) throw new Error('There is no simulated Redis.');
  const link = new RedisLink(process, redis, client);
  links.set(client, link);
  return link;
}

/** Replaces the methods of ioredis that this program calls itself. */
export function simulateRedisClients(): void {
  const methods = {
    async connect(this: Redis): Promise<void> {
      await linkOf(this).connect();
    },
    async ping(this: Redis): Promise<string> {
      return linkOf(this).call(() => 'PONG');
    },
    disconnect(this: Redis): void {
      linkOf(this).close();
    },
    async xrevrange(this: Redis): Promise<unknown> {
      return linkOf(this).call(({ lastEvent }) => (lastEvent === undefined ? [] : [lastEvent]));
    },
    async eval(this: Redis, _script: string, _keys: number, ...rest: readonly unknown[]): Promise<unknown> {
      const [id, token, lockMs] = rest.slice(3) as [string, string, number];
      return linkOf(this).call((queue) => queue.reacquire(id, token, lockMs));
    },
    pipeline(this: Redis): unknown {
      const ids: string[] = [];
      const exists = (key: string): void => {
        ids.push(key.slice(key.lastIndexOf(':') + 1));
      };
      const exec = async (): Promise<unknown> =>
        linkOf(this).call((queue) => ids.map((id) => [null, queue.find(id) === undefined ? 0 : 1]));
      return { exists, exec };
    },
  };
  Object.assign(Redis.prototype, methods);
}
