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
import { longestRetryMs, type QueueTiming } from './timing.js';

/** A task as a worker gets it. */
export interface Delivery extends Payload {
  /** Attempts in this run that failed. */
  readonly failedTries: number;
  /** Whether it is given up if this one fails too. */
  readonly isLastTry: boolean;
}

/** What does the tasks that a worker takes. */
export interface TaskHandler {
  /** @throws what is no fault of the task, and ends the worker */
  handle(delivery: Delivery): Promise<Settlement>;
  /** Of a task that `handle` has; null before it has begun. */
  stepsOf(taskId: string): { readonly fromStep: number; readonly step: number } | null;
  /** Another worker has the task: ends it at once. */
  abandon(taskId: string): void;
}

export interface TaskWorkerOptions {
  readonly connection: QueueConnection;
  /** Unique among the queue's workers. */
  readonly name: string;
  readonly versions: Versions;
  /** Tasks at a time. */
  readonly slots: number;
  readonly timing: QueueTiming;
  readonly handler: TaskHandler;
  readonly say: (line: string) => void;
}

interface Held {
  readonly job: Job;
  readonly token: string;
  readonly taskId: string;
  reportedStep: number;
  /** Whether another worker may have it by now. */
  isLost: boolean;
  /** Settles when nothing of it runs here any more. */
  settlement: Promise<unknown>;
}

/** A task whose worker vanished this often has failed. The limit is high, as machines may come and go. */
const MAX_LOSSES = 20;
const CLOSE_POLL_MS = 100;

/**
 * Renews a lock, or takes it again where it lapsed in an outage and nobody has the task yet. 0: it is another's, or waits for one.
 * KEYS: the lock, active tasks, those that may be stalled. ARGV: the task, the token, milliseconds.
 */
const RETAKE = `
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[2] then return 0 end
if not redis.call('LPOS', KEYS[2], ARGV[1]) then return 0 end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
redis.call('SREM', KEYS[3], ARGV[1])
return 1`;

/** Takes tasks from the queue, holds them by locks that it renews, and gives back what it does not finish. */
export class TaskWorker {
  /** Rejects when it should end: it is of another version, or can't do any task. */
  readonly broken: Promise<never>;
  readonly #options: TaskWorkerOptions;
  readonly #worker: Worker;
  readonly #held = new Map<string, Held>();
  readonly #timers: readonly NodeJS.Timeout[];
  readonly #reportError: (error: unknown) => void;
  #breakDown: (reason: unknown) => void = () => undefined;
  #isStopping = false;

  constructor(options: TaskWorkerOptions) {
    this.#options = options;
    const { connection, name, slots, timing, say } = options;
    this.#reportError = reportRedisErrors(say);
    this.broken = new Promise((_, reject) => {
      this.#breakDown = reject;
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
      runRetryDelay: longestRetryMs(timing),
      // After an outage, BullMQ's own would be the first thing that it does.
      skipStalledCheck: true,
    });
    this.#worker.on('lockRenewalFailed', (jobIds) => {
      for (const jobId of jobIds) void this.#retake(jobId);
    });
    this.#worker.on('error', this.#reportError);
    this.#timers = [
      setInterval(() => {
        this.#report();
      }, timing.progressMs),
      setInterval(() => {
        void this.#freeStalled();
      }, timing.checkMs),
    ];
  }

  /** Takes no more tasks. Those that it has are to end by themselves. */
  stopTaking(): void {
    this.#isStopping = true;
    void this.#worker.pause(true);
  }

  /** Once all that it has is done or given back; without Redis, once all has ended. Closes the connection too. */
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
    if (this.#isStopping) return this.#giveBack(job, token);
    const earlier = this.#held.get(job.id ?? '');
    if (earlier !== undefined) {
      // Its lock lapsed while this process was suspended. BullMQ renews one lock for both deliveries, so this one is given back.
      this.#lose(earlier, 'lost, its lock lapsed');
      await earlier.settlement;
      return this.#giveBack(job, token);
    }
    const decoded = decodePayload(job.data, versions);
    if (decoded.type === 'broken') throw new UnrecoverableError(refusal(name, decoded.problem));
    if (decoded.type === 'other version') return this.#refuse(job, token, decoded);
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
        return this.#giveBack(job, token);
      case 'retry':
        throw withoutStack(new Error(failedReport(name, settlement.failure)));
      case 'failed':
        throw new UnrecoverableError(failedReport(name, settlement.failure));
      // Corrupt files do not repair themselves: the coordinator decides.
      case 'corrupt':
        throw new UnrecoverableError(
          reportOf({ type: 'corrupt', worker: name, problem: settlement.problem }),
        );
    }
  }

  async #handle(payload: Payload, job: Job): Promise<Settlement> {
    const failedTries = job.attemptsMade;
    const isLastTry = failedTries + 1 >= (job.opts.attempts ?? 1);
    try {
      return await this.#options.handler.handle({ ...payload, failedTries, isLastTry });
    } catch (error) {
      this.#end(error);
      return released('its worker ends');
    }
  }

  /** Others are to have it. */
  async #refuse(job: Job, token: string, { theirs, ours }: { theirs: string; ours: string }): Promise<never> {
    const { name, connection } = this.#options;
    const reason = `the queue's tasks are for ${theirs}, and this worker has ${ours}`;
    const report: ProgressReport = { type: 'refused', worker: name, reason };
    this.#end(
      new QueueError(
        `worker ${name} is refused: ${reason}. Install the same vae-sweep here as where the sweep is run; if it is the same, these ` +
          `tasks are left from another version: ${dropCommand(connection.address)} drops all that waits`,
      ),
    );
    // The worker's own words say it too.
    await job.updateProgress(report).catch(this.#reportError);
    return this.#giveBack(job, token);
  }

  #end(reason: unknown): void {
    this.stopTaking();
    this.#breakDown(reason);
  }

  /** It is the next that somebody takes. */
  async #giveBack(job: Job, token: string): Promise<never> {
    // Without its lock it is not this worker's to give.
    await job.moveToWait(token).catch(this.#reportError);
    throw new WaitingError();
  }

  async #retake(jobId: string): Promise<void> {
    const held = this.#held.get(jobId);
    if (held === undefined) return;
    const { connection, timing } = this.#options;
    const keys = [`${this.#key(jobId)}:lock`, this.#key('active'), this.#key('stalled')];
    const args = [jobId, held.token, timing.lockMs];
    try {
      const retaken = await connection.client.eval(RETAKE, keys.length, ...keys, ...args);
      if (retaken !== 1 && this.#held.get(jobId) === held) this.#lose(held, 'lost to another worker');
    } catch (error) {
      // The next look for stalled tasks retries it.
      this.#reportError(error);
    }
  }

  #lose(held: Held, how: string): void {
    if (held.isLost) return;
    held.isLost = true;
    this.#options.say(`${how}: task ${held.taskId}`);
    this.#options.handler.abandon(held.taskId);
  }

  /** Nothing is piled up for a Redis that is gone. */
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
   * Lets others have the tasks of workers that are gone, not before all have had the time to renew their locks after an outage, and
   * this one after it was suspended.
   */
  async #freeStalled(): Promise<void> {
    const { connection, timing } = this.#options;
    if (connection.readyForMs(performance.now()) < timing.lockMs) return;
    await Promise.all([...this.#held.keys()].map(async (jobId) => this.#retake(jobId)));
    await this.#worker.backend.moveStalledJobsToWait().catch(this.#reportError);
  }

  #key(type: string): string {
    return this.#worker.toKey(type);
  }
}

/** BullMQ keeps the stack in Redis, with the message once more. */
function withoutStack(error: Error): Error {
  error.stack = '';
  return error;
}

function failedReport(worker: string, failure: TaskFailure): string {
  return reportOf({ type: 'failed', worker, failure });
}

function refusal(worker: string, problem: string): string {
  const message = `worker ${worker} refuses it: ${problem}`;
  return failedReport(worker, failureOf({ type: 'failed', message, stack: null }, 1));
}

/** What BullMQ keeps as the reason of a failure. */
function reportOf(report: FailureReport): string {
  return JSON.stringify(report);
}
