import { Queue, QueueEvents } from 'bullmq';
import type { Task } from '../../task/task.js';
import type { QueueAddress } from './address.js';
import { QueueConnection } from './connection.js';
import {
  parseDone,
  parseFailure,
  parseProgress,
  type DoneReport,
  type FailureReport,
  type ProgressReport,
} from './messages.js';
import { jobIdOf, QUEUE_NAME, QUEUE_PREFIX, taskIdOf } from './names.js';
import { encodePayload, type Payload } from './payload.js';
import { reportRedisErrors } from './redis-errors.js';
import type { QueueTiming } from './timing.js';

/** Jobs of one round trip. */
const BULK = 1_000;
/** What is left of them when the coordinator is late; it then looks for itself. */
const MAX_EVENTS = 20_000;
/** The time of one call that waits for events. After Redis is gone, the process lives on for this long. */
const EVENTS_MS = 1_000;

/** What happens in the queue, by the tasks' ids: of this coordinator and of others. */
export interface QueueListener {
  progress(id: string, report: ProgressReport): void;
  done(id: string, report: DoneReport | null): void;
  failed(id: string, report: FailureReport): void;
  /** It waits again: its worker is gone, gave it back, or it failed and will be retried. */
  waiting(id: string, why: 'lost' | 'given back' | 'retrying'): void;
}

/** The queue from the coordinator's side. */
export class TaskQueue {
  readonly #connection: QueueConnection;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #timing: QueueTiming;
  /** Tasks in it that nobody here waits for. They may become fewer. */
  #others = 0;

  static async open(
    address: QueueAddress,
    timing: QueueTiming,
    listener: QueueListener,
    say: (line: string) => void,
  ): Promise<TaskQueue> {
    const connection = await QueueConnection.open(address, timing, say);
    const [last] = await connection.client.xrevrange(eventsKey(), '+', '-', 'COUNT', 1);
    return new TaskQueue(connection, last?.[0] ?? '0', timing, listener, say);
  }

  private constructor(
    connection: QueueConnection,
    lastEventId: string,
    timing: QueueTiming,
    listener: QueueListener,
    say: (line: string) => void,
  ) {
    this.#connection = connection;
    this.#timing = timing;
    const common = { connection: connection.client, prefix: QUEUE_PREFIX };
    this.#queue = new Queue(QUEUE_NAME, { ...common, streams: { events: { maxLen: MAX_EVENTS } } });
    this.#events = new QueueEvents(QUEUE_NAME, { ...common, lastEventId, blockingTimeout: EVENTS_MS });
    const report = reportRedisErrors(say);
    this.#queue.on('error', report);
    this.#events.on('error', report);
    this.#listen(listener);
  }

  /** Those that are in the queue already stay as they are. */
  async add(payloads: readonly Payload[], retries: number): Promise<void> {
    const opts = {
      attempts: retries + 1,
      backoff: { type: 'exponential', delay: this.#timing.backOffMs },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 1,
    };
    for (let from = 0; from < payloads.length; from += BULK)
      await this.#queue.addBulk(
        payloads.slice(from, from + BULK).map((payload) => ({
          name: 'train',
          data: encodePayload(payload),
          opts: { ...opts, jobId: jobIdOf(payload.task) },
        })),
      );
  }

  /** How many tasks are in the queue that are none of these. */
  async countOthers(tasks: readonly Pick<Task, 'id'>[]): Promise<number> {
    const absent = await this.#absent(tasks);
    // One that ends meanwhile makes it too small, not too large.
    this.#others = Math.max(0, (await this.#count()) - (tasks.length - absent.size));
    return this.#others;
  }

  /** Which of these tasks are in the queue no more. */
  async missing(tasks: readonly Pick<Task, 'id'>[]): Promise<Set<string>> {
    return (await this.#count()) - this.#others === tasks.length ? new Set() : this.#absent(tasks);
  }

  /** Why its last try failed; null if that is not known any more. */
  async failureOf(id: string): Promise<FailureReport | null> {
    const job = await this.#queue.getJob(jobIdOf({ id }));
    return job?.failedReason ? parseFailure(job.failedReason) : null;
  }

  get isReachable(): boolean {
    return this.#connection.isReady;
  }

  close(): void {
    for (const part of [this.#queue, this.#events]) part.close().catch(() => undefined);
    this.#connection.close(this.#events.backend.client);
  }

  async #count(): Promise<number> {
    const counts = await this.#queue.getJobCounts('wait', 'active', 'delayed', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  async #absent(tasks: readonly Pick<Task, 'id'>[]): Promise<Set<string>> {
    const absent = new Set<string>();
    for (let from = 0; from < tasks.length; from += BULK) {
      const some = tasks.slice(from, from + BULK);
      const pipeline = this.#connection.client.pipeline();
      for (const task of some) pipeline.exists(this.#queue.toKey(jobIdOf(task)));
      const replies = (await pipeline.exec()) ?? [];
      some.forEach(({ id }, index) => {
        if (replies[index]?.[1] === 0) absent.add(id);
      });
    }
    return absent;
  }

  #listen(listener: QueueListener): void {
    const events = this.#events;
    const withId = (jobId: string, then: (id: string) => void): void => {
      const id = taskIdOf(jobId);
      if (id !== null) then(id);
    };
    events.on('progress', ({ jobId, data }) => {
      const report = parseProgress(data);
      if (report !== null)
        withId(jobId, (id) => {
          listener.progress(id, report);
        });
    });
    events.on('completed', ({ jobId, returnvalue }) => {
      withId(jobId, (id) => {
        listener.done(id, parseDone(returnvalue));
      });
    });
    events.on('failed', ({ jobId, failedReason }) => {
      withId(jobId, (id) => {
        listener.failed(id, parseFailure(failedReason));
      });
    });
    events.on('stalled', ({ jobId }) => {
      withId(jobId, (id) => {
        listener.waiting(id, 'lost');
      });
    });
    events.on('delayed', ({ jobId }) => {
      withId(jobId, (id) => {
        listener.waiting(id, 'retrying');
      });
    });
    events.on('waiting', ({ jobId, prev }) => {
      if (prev === 'active')
        withId(jobId, (id) => {
          listener.waiting(id, 'given back');
        });
    });
  }
}

function eventsKey(): string {
  return `${QUEUE_PREFIX}:${QUEUE_NAME}:events`;
}
