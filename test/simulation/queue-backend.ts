import { EventEmitter } from 'node:events';
import { setDefaultBackendFactory, type BackendFactory, type IQueueBackend } from 'bullmq';
import type { Redis } from 'ioredis';
import type { ModelJob, NextJob } from './queue-model.js';
import { linkOf, type RedisLink } from './redis-link.js';

interface Options {
  readonly connection: Redis;
  readonly prefix: string;
  readonly lockDuration?: number;
  readonly maxStalledCount?: number;
  readonly stalledInterval?: number;
}

/** A job as BullMQ hands it over, with the fields that this program sets. */
interface AddedJob {
  readonly name: string;
  readonly data: string;
  readonly opts: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
}

/** The part of BullMQ's interface to a datastore that this program needs, for the model of a queue. */
class ModelBackend extends EventEmitter {
  readonly qualifiedName: string;
  readonly keys = {};
  readonly minimumBlockTimeout = 0.001;
  readonly maximumBlockTimeout = 10;
  closing: Promise<void> | undefined;
  readonly #link: RedisLink;
  readonly #options: Options;

  constructor(name: string, options: Options) {
    super();
    this.qualifiedName = `${options.prefix}:${name}`;
    this.#options = options;
    this.#link = linkOf(options.connection);
  }

  toKey(type: string): string {
    return `${this.qualifiedName}:${type}`;
  }

  clientName(suffix = ''): string {
    return `${this.qualifiedName}${suffix}`;
  }

  async waitUntilReady(): Promise<void> {
    await this.#link.call(() => undefined);
  }

  async close(): Promise<void> {
    this.closing ??= Promise.resolve();
    await this.closing;
  }

  async disconnect(): Promise<void> {
    await this.close();
  }

  async setName(): Promise<void> {
    await this.#link.call(() => undefined);
  }

  async setQueueMeta(): Promise<number> {
    return this.#link.call(() => 0);
  }

  async addJobs(entries: readonly { readonly job: AddedJob; readonly jobId: string }[]): Promise<string[]> {
    const counters = { attemptsMade: 0, attemptsStarted: 0, stalledCounter: 0 };
    const jobs = entries.map(({ job: { name, data, opts, timestamp }, jobId }): ModelJob => ({
      ...{ id: jobId, name, data, opts, timestamp },
      ...counters,
    }));
    return this.#link.call((queue) => jobs.map((job) => queue.add({ ...job })));
  }

  async getCounts(types: readonly string[]): Promise<number[]> {
    return this.#link.call((queue) => types.map((type) => queue.counts()[type] ?? 0));
  }

  async getJobData(jobId: string): Promise<ModelJob | undefined> {
    return this.#link.call((queue) => structuredClone(queue.find(jobId)));
  }

  async moveToActive(token: string): Promise<NextJob> {
    const [lockMs, clientMs] = [this.#options.lockDuration ?? 0, Date.now()];
    return this.#link.call((queue) => queue.moveToActive(token, lockMs, clientMs));
  }

  async moveToCompleted(
    job: { id: string },
    value: unknown,
    _remove: unknown,
    token: string,
    fetchNext: boolean,
  ) {
    return this.#finish(job.id, token, 'completed', JSON.stringify(value), fetchNext);
  }

  async moveToFailed(
    job: { id: string },
    reason: string,
    _remove: unknown,
    token: string,
    fetchNext: boolean,
  ) {
    return this.#finish(job.id, token, 'failed', reason, fetchNext);
  }

  async moveToDelayed(
    jobId: string,
    timestamp: number,
    delayMs: number,
    token: string,
    { fieldsToUpdate, fetchNext }: { fieldsToUpdate: { failedReason: string }; fetchNext: boolean },
  ): Promise<NextJob | undefined> {
    const [lockMs, clientMs] = [this.#options.lockDuration ?? 0, Date.now()];
    return this.#link.call((queue) => {
      queue.delay(jobId, token, timestamp + delayMs, delayMs, fieldsToUpdate.failedReason);
      return fetchNext ? queue.moveToActive(token, lockMs, clientMs) : undefined;
    });
  }

  async moveJobFromActiveToWait(jobId: string, token: string): Promise<number> {
    return this.#link.call((queue) => queue.returnToWait(jobId, token));
  }

  async moveStalledJobsToWait(): Promise<string[]> {
    const { maxStalledCount = 1, stalledInterval = 30_000 } = this.#options;
    return this.#link.call((queue) => queue.moveStalledJobs(maxStalledCount, stalledInterval));
  }

  async extendLocks(jobIds: string[], tokens: string[], lockMs: number): Promise<string[]> {
    return this.#link.call((queue) => queue.extendLocks(jobIds, tokens, lockMs));
  }

  async updateProgress(jobId: string, progress: unknown): Promise<void> {
    await this.#link.call((queue) => {
      queue.updateProgress(jobId, progress);
    });
  }

  async readEvents(id: string, blockMs: number): Promise<unknown> {
    return this.#link.block((queue) => {
      const events = queue.eventsAfter(id);
      return events.length === 0 ? null : [[this.toKey('events'), events]];
    }, blockMs);
  }

  async waitForJob(blockSeconds: number): Promise<{ member: string; score: number } | null> {
    return this.#link.block(
      (queue) => ((queue.counts()['wait'] ?? 0) > 0 ? { member: '0', score: 0 } : null),
      blockSeconds * 1000,
    );
  }

  disconnectBlocking(): Promise<void> {
    return Promise.resolve();
  }

  reconnectBlocking(): Promise<void> {
    return Promise.resolve();
  }

  async #finish(id: string, token: string, event: 'completed' | 'failed', text: string, fetchNext: boolean) {
    const [lockMs, clientMs] = [this.#options.lockDuration ?? 0, Date.now()];
    const result = await this.#link.call((queue) => {
      queue.finish(id, token, event, text);
      return fetchNext ? queue.moveToActive(token, lockMs, clientMs) : undefined;
    });
    return { result, finishedOn: clientMs };
  }
}

/** Makes BullMQ use the model of a queue. Its own code for workers, locks, retries and events stays in use. */
export function simulateQueueBackends(): void {
  const factory = (name: string, options: unknown): IQueueBackend =>
    new ModelBackend(name, options as Options) as unknown as IQueueBackend;
  setDefaultBackendFactory(factory as unknown as BackendFactory);
}
