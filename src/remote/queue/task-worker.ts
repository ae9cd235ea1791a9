import type { Versions } from '../../task/task.js';
import { setTimeout as delay } from 'node:timers/promises';
import { UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import { QueueError } from '../../errors.js';
import { failureOf, type TaskFailure } from '../../task/outcome.js';
import { dropCommand } from './address.js';
import type { QueueConnection } from './connection.js';
import { released, type Settlement } from '../../run/settle.js';
import type { DoneReport, FailureReport, ProgressReport } from './messages.js';
import { QUEUE_NAME, QUEUE_PREFIX } from './names.js';
import { decodePayload, type Payload } from './payload.js';
import { reportRedisErrors } from './redis-errors.js';
import { maxRetryDelayMs, type QueueTiming } from './timing.js';

/** A task as delivered to a worker. */
export interface Delivery extends Payload {
  /** The number of attempts in this run that failed. */
  readonly failedAttempts: number;
  /** Whether the task fails for good if this attempt fails. */
  readonly isLastAttempt: boolean;
}

/** Executes the tasks that a worker takes from the queue. */
export interface TaskHandler {
  /** Executes a task. @throws an error that is not the task's fault and shuts down the worker */
  handle(delivery: Delivery): Promise<Settlement>;
  /** Returns the progress of a task that `handle` is executing; null before its first step. */
  stepsOf(taskId: string): { readonly fromStep: number; readonly step: number } | null;
  /** Kills the task immediately, because another worker has it. */
  abandon(taskId: string): void;
}

export interface TaskWorkerOptions {
  readonly connection: QueueConnection;
  /** Unique among the queue's workers. */
  readonly name: string;
  readonly versions: Versions;
  /** The number of concurrent tasks. */
  readonly slots: number;
  readonly timing: QueueTiming;
  readonly handler: TaskHandler;
  readonly print: (line: string) => void;
}

interface Held {
  readonly job: Job;
  readonly token: string;
  readonly taskId: string;
  reportedStep: number;
  /** Whether another worker may already have the task. */
  isLost: boolean;
  /** Settles once the task no longer runs here. */
  settlement: Promise<unknown>;
}

/** A task fails after it has lost its worker this often. The limit is high, because machines may come and go. */
const MAX_LOSSES = 20;
const CLOSE_POLL_MS = 100;

/**
 * A Redis script that renews a lock, or reacquires one that expired in an outage if no other worker has the task. Returns 0 if another
 * worker has the task, or it waits for one. KEYS: the lock, the active tasks, the possibly stalled tasks. ARGV: the task, the token,
 * milliseconds.
 */
const REACQUIRE_SCRIPT = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[2] then return 0 end
if not redis.call('LPOS', KEYS[2], ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SREM', KEYS[3], ARGV[1])
return 1`;

/** Takes tasks from the queue, holds them by locks that it renews, and returns those that it does not finish. */
export class TaskWorker {
  /** Rejects when the worker must shut down: its version does not match, or it can't execute any task. */
  readonly broken: Promise<never>;
  readonly #options: TaskWorkerOptions;
  readonly #worker: Worker;
  readonly #held = new Map<string, Held>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #reportError: (error: unknown) => void;
  #fail: (reason: unknown) => void = () => undefined;
  #isStopping = false;

  constructor(options: TaskWorkerOptions) {
    this.#options = options;
    const { connection, name, slots, timing, print } = options;
    this.#reportError = reportRedisErrors(print);
    this.broken = new Promise((_, reject) => {
      this.#fail = reject;
    });
    this.broken.catch(() => undefined);
    this.#worker = new Worker(QUEUE_NAME, async (job, token = '') => this.#process(job, token), {
      connection: connection.client,
      prefix: QUEUE_PREFIX,
      name,
      concurrency: slots,
      lockDuration: timing.lockMs,
      stalledInterval: timing.checkMs,
      maxStalledCount: MAX_LOSSES,
      runRetryDelay: maxRetryDelayMs(timing),
      // BullMQ's own check would run right after an outage, before workers could renew their locks.
      skipStalledCheck: true,
    });
    this.#worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) void this.#reacquire(jobId);
    });
    this.#worker.on('error', this.#reportError);
    // BullMQ never opens its second connection again if the first attempt fails. The worker would be idle forever.
    this.#worker.waitUntilReady().catch(() => {
      this.#end(
        new QueueError(
          `worker ${name} lost the queue at ${connection.address.shown} while it started: start it again once Redis is reachable`,
        ),
      );
    });
    this.#timers = [
      setInterval(() => {
        this.#report();
      }, timing.progressMs),
      setInterval(() => {
        void this.#releaseStalled();
      }, timing.checkMs),
    ];
  }

  /** Stops taking tasks. Running ones end by themselves. */
  stopTaking(): void {
    this.#isStopping = true;
    void this.#worker.pause(true);
  }

  /** Closes the worker and its connection once all its tasks are done or returned or, without Redis, have ended. */
  async close(): Promise<void> {
    this.stopTaking();
    const hasClosed = this.#worker.close().then(() => true);
    while (!(await Promise.race([hasClosed, delay(CLOSE_POLL_MS, false)])))
      if (!this.#options.connection.isReady && this.#held.size === 0) break;
    this.#timers.forEach((timer) => {
      clearInterval(timer);
    });
    this.#options.connection.close(this.#worker.backend.blockingClient);
  }

  async #process(job: Job, token: string): Promise<DoneReport> {
    const { name, versions } = this.#options;
    if (this.#isStopping) return this.#returnToQueue(job, token);
    const earlier = this.#held.get(job.id ?? '');
    if (earlier !== undefined) {
      // The lock expired while this process was suspended. BullMQ renews one lock for both deliveries, so this one is returned.
      this.#lose(earlier, 'lost because its lock expired');
      await earlier.settlement;
      return this.#returnToQueue(job, token);
    }
    const decoded = decodePayload(job.data, versions);
    if (decoded.type === 'invalid') throw new UnrecoverableError(rejection(name, decoded.problem));
    if (decoded.type === 'other version') return this.#reject(job, token, decoded);
    const { id: taskId } = decoded.payload.task;
    const settling = this.#handle(decoded.payload, job);
    const held: Held = { job, token, taskId, reportedStep: -1, isLost: false, settlement: settling };
    this.#held.set(job.id ?? '', held);
    const settlement = await settling;
    this.#held.delete(job.id ?? '');
    if (held.isLost) throw new WaitingError();
    switch (settlement.type) {
      case 'done': {
        const { fromStep, steps, text, recovered } = settlement;
        return { fromStep, steps, text, recovered, worker: name };
      }
      case 'released':
      case 'reset':
        return this.#returnToQueue(job, token);
      case 'retry':
        throw withoutStack(new Error(failedReport(name, settlement.failure)));
      case 'failed':
        throw new UnrecoverableError(failedReport(name, settlement.failure));
      // A retry can't repair corrupt files: the coordinator decides.
      case 'corrupt':
        throw new UnrecoverableError(
          reportOf({ type: 'corrupt', worker: name, problem: settlement.problem }),
        );
    }
  }

  async #handle(payload: Payload, job: Job): Promise<Settlement> {
    const failedAttempts = job.attemptsMade;
    const isLastAttempt = failedAttempts + 1 >= (job.opts.attempts ?? 1);
    try {
      return await this.#options.handler.handle({ ...payload, failedAttempts, isLastAttempt });
    } catch (error) {
      this.#end(error);
      return released('its worker is shutting down');
    }
  }

  /** Returns a task of another version to the queue for other workers, and shuts this worker down. */
  async #reject(job: Job, token: string, { theirs, ours }: { theirs: string; ours: string }): Promise<never> {
    const { name, connection } = this.#options;
    const reason = `the queue's tasks need ${theirs}, but this worker has ${ours}`;
    const report: ProgressReport = { type: 'refused', worker: name, reason };
    this.#end(
      new QueueError(
        `worker ${name} can't join: ${reason}. Install the same version of vae-sweep as on the machine that runs the sweep; if it is ` +
          `the same, the tasks are left over from another version: drop all waiting tasks with ${dropCommand(connection.address)}`,
      ),
    );
    // If this report fails, the worker's own error message still has the reason.
    await job.updateProgress(report).catch(this.#reportError);
    return this.#returnToQueue(job, token);
  }

  #end(reason: unknown): void {
    this.stopTaking();
    this.#fail(reason);
  }

  /** Returns the task to the front of the queue. */
  async #returnToQueue(job: Job, token: string): Promise<never> {
    // Fails if this worker no longer holds the lock, in which case there is nothing to return.
    await job.moveToWait(token).catch(this.#reportError);
    throw new WaitingError();
  }

  async #reacquire(jobId: string): Promise<void> {
    const held = this.#held.get(jobId);
    if (held === undefined) return;
    const { connection, timing } = this.#options;
    const keys = [`${this.#key(jobId)}:lock`, this.#key('active'), this.#key('stalled')];
    const args = [jobId, held.token, timing.lockMs];
    try {
      const reacquired = await connection.client.eval(REACQUIRE_SCRIPT, keys.length, ...keys, ...args);
      if (reacquired !== 1 && this.#held.get(jobId) === held) this.#lose(held, 'lost to another worker');
    } catch (error) {
      // The next check for stalled tasks retries.
      this.#reportError(error);
    }
  }

  #lose(held: Held, how: string): void {
    if (held.isLost) return;
    held.isLost = true;
    this.#options.print(`${how}: task ${held.taskId}`);
    this.#options.handler.abandon(held.taskId);
  }

  /** Reports the progress of all tasks. Skipped while Redis is gone, so that reports do not pile up. */
  #report(): void {
    if (!this.#options.connection.isReady) return;
    for (const held of this.#held.values()) {
      const steps = this.#options.handler.stepsOf(held.taskId);
      if (steps === null || steps.step === held.reportedStep || held.isLost) continue;
      held.reportedStep = steps.step;
      const report: ProgressReport = { type: 'training', worker: this.#options.name, ...steps };
      held.job.updateProgress(report).catch(this.#reportError);
    }
  }

  /**
   * Makes the tasks of workers that are gone available to others. Waits until all workers have had the time to renew their locks after
   * an outage, and this one after it was suspended.
   */
  async #releaseStalled(): Promise<void> {
    const { connection, timing } = this.#options;
    if (connection.readyForMs(performance.now()) < timing.lockMs) return;
    await Promise.all([...this.#held.keys()].map(async (jobId) => this.#reacquire(jobId)));
    await this.#worker.backend.moveStalledJobsToWait().catch(this.#reportError);
  }

  #key(type: string): string {
    return this.#worker.toKey(type);
  }
}

/** Clears the stack, because BullMQ stores it in Redis and it repeats the message. */
function withoutStack(error: Error): Error {
  error.stack = '';
  return error;
}

function failedReport(worker: string, failure: TaskFailure): string {
  return reportOf({ type: 'failed', worker, failure });
}

function rejection(worker: string, problem: string): string {
  const message = `worker ${worker} rejected it: ${problem}`;
  return failedReport(worker, failureOf({ type: 'failed', message, stack: null }, 1));
}

/** Encodes a report in the form that BullMQ stores as the reason of a failure. */
function reportOf(report: FailureReport): string {
  return JSON.stringify(report);
}
