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

/** The number of jobs per round trip. */
const BATCH_SIZE = 1_000;
/** The number of events that Redis keeps. A coordinator that falls further behind reads the store instead. */
const MAX_EVENTS = 20_000;
/** The timeout of one call that waits for events. When Redis is gone, it delays the exit of the process by this long. */
const EVENTS_TIMEOUT_MS = 1_000;

/** Receives the events of the queue by the tasks' ids, including those of other coordinators' tasks. */
export interface QueueListener {
  progress(id: string, report: ProgressReport): void;
  done(id: string, report: DoneReport | null): void;
  failed(id: string, report: FailureReport): void;
  /** The task is back in the queue: its worker is gone or returned it, or it failed and will be retried. */
  waiting(id: string, why: 'lost' | 'returned' | 'retrying'): void;
}

/** The coordinator's view of the queue. */
export class TaskQueue {
  readonly #connection: QueueConnection;
  readonly #queue: Queue;
  readonly #events: QueueEvents;
  readonly #timing: QueueTiming;
  /** The number of tasks in the queue that this run does not wait for. It can only decrease. */
  #others = 0;

  static async open(
    address: QueueAddress,
    timing: QueueTiming,
    listener: QueueListener,
    print: (line: string) => void,
  ): Promise<TaskQueue> {
    const connection = await QueueConnection.open(address, timing, print);
    const [last] = await connection.client.xrevrange(eventsKey(), '+', '-', 'COUNT', 1);
    return new TaskQueue(connection, last?.[0] ?? '0', timing, listener, print);
  }

  private constructor(
    connection: QueueConnection,
    lastEventId: string,
    timing: QueueTiming,
    listener: QueueListener,
    print: (line: string) => void,
  ) {
    this.#connection = connection;
    this.#timing = timing;
    const common = { connection: connection.client, prefix: QUEUE_PREFIX };
    this.#queue = new Queue(QUEUE_NAME, { ...common, streams: { events: { maxLen: MAX_EVENTS } } });
    this.#events = new QueueEvents(QUEUE_NAME, {
      ...common,
      lastEventId,
      blockingTimeout: EVENTS_TIMEOUT_MS,
    });
    const report = reportRedisErrors(print);
    this.#queue.on('error', report);
    this.#events.on('error', report);
    this.#listen(listener);
  }

  /** Adds the tasks to the queue. Tasks that are already in the queue are unchanged. */
  async add(payloads: readonly Payload[], retries: number): Promise<void> {
    const opts = {
      attempts: retries + 1,
      backoff: { type: 'exponential', delay: this.#timing.backOffMs },
      removeOnComplete: true,
      removeOnFail: true,
      stackTraceLimit: 1,
    };
    for (let from = 0; from < payloads.length; from += BATCH_SIZE)
      await this.#queue.addBulk(
        payloads.slice(from, from + BATCH_SIZE).map((payload) => ({
          name: 'train',
          data: encodePayload(payload),
          opts: { ...opts, jobId: jobIdOf(payload.task) },
        })),
      );
  }

  /** Returns the number of tasks in the queue other than these tasks. */
  async countOthers(tasks: readonly Pick<Task, 'id'>[]): Promise<number> {
    const absent = await this.#absent(tasks);
    // A task that ends between the two calls makes the count too small, never too large.
    this.#others = Math.max(0, (await this.#count()) - (tasks.length - absent.size));
    return this.#others;
  }

  /** Returns the ids of those tasks that are no longer in the queue. */
  async missing(tasks: readonly Pick<Task, 'id'>[]): Promise<Set<string>> {
    return (await this.#count()) - this.#others === tasks.length ? new Set() : this.#absent(tasks);
  }

  /** Returns why the last attempt at the task failed; null if that is no longer known. */
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
    for (let from = 0; from < tasks.length; from += BATCH_SIZE) {
      const some = tasks.slice(from, from + BATCH_SIZE);
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
          listener.waiting(id, 'returned');
        });
    });
  }
}

function eventsKey(): string {
  return `${QUEUE_PREFIX}:${QUEUE_NAME}:events`;
}
