import type { Logger } from 'pino';
import type { Brought, ResultBucket } from '../bucket/result-bucket.js';
import { BucketError } from '../../errors.js';
import type { DoneReport, FailureReport, ProgressReport } from './messages.js';
import type { QueueListener, TaskQueue } from './task-queue.js';
import type { QueueTiming } from './timing.js';
import {
  markFailed,
  prepareTaskFolder,
  readTaskState,
  setAside,
  taskFolder,
  type TaskFailure,
  type TaskState,
} from '../../store/task-folder.js';
import { formatCount } from '../../units.js';
import { Bringer } from '../bucket/bringer.js';
import type { DispatchResult } from '../../run/dispatch.js';
import { elsewhereText } from '../../run/progress.js';
import type { RemoteSlots } from './remote-slots.js';
import type { CorruptTask, FailedTask, PendingTask } from '../../run/triage.js';

/** What a watch of the queue needs to know of the run. */
export interface WatchOptions {
  readonly outDir: string;
  /** Where workers send their results, if they have stores of their own. */
  readonly bucket?: ResultBucket;
  readonly retries: number;
  readonly retrainCorrupt: boolean;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** A worker said so often that a task is done whose result is not in the bucket. */
const MAX_UNBROUGHT = 3;

/** What becomes of the tasks. The queue tells, and where it is silent, as its events are bounded, the store does. */
export class QueueWatch implements QueueListener {
  readonly #outstanding: Map<string, PendingTask>;
  readonly #slots: RemoteSlots;
  readonly #options: WatchOptions;
  readonly #event: (line: string) => void;
  readonly #bringer: Bringer | null;
  /** How often a task was said to be done and was not there. */
  readonly #unbrought = new Map<string, number>();
  readonly #failed: FailedTask[] = [];
  readonly #corrupt: CorruptTask[] = [];
  /** Ended, but without a result in this store: their workers have stores of their own. */
  readonly #elsewhere: PendingTask[] = [];
  /** Not in the queue when it was last looked at. */
  #missing: ReadonlySet<string> = new Set();
  #isLooking = false;
  #queue: TaskQueue | null = null;
  #done = 0;
  #settle: () => void = () => undefined;
  #breakDown: (reason: unknown) => void = () => undefined;

  constructor(
    pending: readonly PendingTask[],
    slots: RemoteSlots,
    options: WatchOptions,
    event: (line: string) => void,
  ) {
    this.#outstanding = new Map(pending.map((item) => [item.task.id, item]));
    this.#slots = slots;
    this.#options = options;
    this.#event = event;
    const { bucket } = options;
    this.#bringer = bucket === undefined ? null : new Bringer({ ...options, bucket, say: event });
  }

  async toEnd(queue: TaskQueue, { reconcileMs }: QueueTiming): Promise<DispatchResult> {
    const { signal } = this.#options;
    this.#queue = queue;
    const ended = new Promise<void>((resolve, reject) => {
      this.#settle = resolve;
      this.#breakDown = reject;
    });
    signal.addEventListener('abort', this.#settle, { once: true });
    const timer = setInterval(() => {
      this.#reconcile(queue).catch(this.#breakDown);
    }, reconcileMs);
    try {
      if (!signal.aborted) {
        this.#add([...this.#outstanding.values()]);
        await ended;
      }
    } finally {
      clearInterval(timer);
      signal.removeEventListener('abort', this.#settle);
      this.#queue = null;
      await this.#bringer?.close();
    }
    this.#tellElsewhere();
    return { done: this.#done, failed: this.#failed, corrupt: this.#corrupt };
  }

  progress(id: string, report: ProgressReport): void {
    if (report.type === 'refused') {
      this.#log({ worker: report.worker, reason: report.reason }, 'worker refused');
      this.#event(`refused: worker ${report.worker}: ${report.reason}`);
      return;
    }
    const item = this.#outstanding.get(id);
    if (item === undefined) return;
    if (this.#slots.step(item, report, performance.now()))
      this.#log({ task: item.task.name, worker: report.worker, fromStep: report.fromStep }, 'task started');
  }

  done(id: string, report: DoneReport | null): void {
    const item = this.#outstanding.get(id);
    if (item === undefined || this.#bringer?.isBringing(item.task) === true) return;
    if (this.#bringer === null || this.#stateOf(item).state === 'done') this.#finish(item, report);
    else this.#bring(this.#bringer, item, report);
  }

  failed(id: string, report: FailureReport): void {
    const item = this.#outstanding.get(id);
    if (item === undefined) return;
    this.#slots.failed(id);
    if (report.type === 'corrupt') this.#settleCorrupt(item, report);
    else this.#settleFailure(item, report.failure);
  }

  waiting(id: string, why: Parameters<QueueListener['waiting']>[1]): void {
    const item = this.#outstanding.get(id);
    if (item === undefined) return;
    const worker = this.#slots.release(id);
    if (why === 'lost') {
      this.#log({ task: item.task.name, worker }, 'worker gone');
      this.#event(
        `its worker${worker === null ? '' : ` ${worker}`} is gone, goes on elsewhere: ${item.task.name}`,
      );
    } else if (why === 'to be tried again') this.#tellFailure(item);
  }

  #finish(item: PendingTask, report: DoneReport | null): void {
    const { task } = item;
    this.#slots.done(item, report, performance.now());
    this.#done += 1;
    if (this.#stateOf(item).state !== 'done') this.#elsewhere.push(item);
    this.#log({ task: task.name, ...report }, 'task done');
    this.#event(`done: ${task.name}${report === null ? '' : `, ${report.text} on ${report.worker}`}`);
    if (report !== null && report.recovered !== null)
      this.#event(`recovered: ${task.name}: ${report.recovered}`);
    this.#end(task.id);
  }

  #bring(bringer: Bringer, item: PendingTask, report: DoneReport | null): void {
    bringer
      .bring(item.task)
      .then((brought) => {
        // Null: a stop was asked for.
        if (brought?.type === 'brought') this.#finish(item, report);
        else if (brought !== null) this.#settleUnbrought(item, brought);
      })
      .catch(this.#breakDown);
  }

  /** It is sent or trained again, unless that has been tried before. */
  #settleUnbrought(item: PendingTask, brought: Exclude<Brought, { type: 'brought' }>): void {
    const { task } = item;
    const times = (this.#unbrought.get(task.id) ?? 0) + 1;
    this.#unbrought.set(task.id, times);
    const problem = `in the bucket ${brought.type === 'missing' ? 'there is nothing of it' : `it is corrupt: ${brought.problem}`}`;
    this.#log({ task: task.name, problem }, 'result not brought');
    this.#slots.release(task.id);
    if (times < MAX_UNBROUGHT) {
      this.#event(`put into the queue again: ${task.name}: ${problem}`);
      this.#add([{ ...item, fromStep: 0 }]);
      return;
    }
    this.#corrupt.push({ task, problem });
    this.#event(`corrupt: ${task.name}: ${problem}`);
    this.#slots.failed(task.id);
    this.#end(task.id);
  }

  #tellFailure({ task }: PendingTask): void {
    const tell = async (): Promise<void> => {
      const report = await this.#queue?.failureOf(task.id);
      const message = report?.type === 'failed' ? report.failure.message : 'for an unknown reason';
      this.#log({ task: task.name, message }, 'task failed, to be tried again');
      this.#event(`failed, to be tried again: ${task.name}: ${message}`);
    };
    tell().catch(() => undefined);
  }

  #settleCorrupt(item: PendingTask, report: Extract<FailureReport, { type: 'corrupt' }>): void {
    const { retrainCorrupt, outDir, signal } = this.#options;
    const { task } = item;
    const folder = taskFolder(outDir, task);
    const problem = `${report.problem}, on ${report.worker}`;
    this.#log({ task: task.name, worker: report.worker, problem: report.problem }, 'task corrupt');
    if (retrainCorrupt && !signal.aborted && this.#stateOf(item).state !== 'new') {
      this.#event(`corrupt: ${task.name}: ${problem}; set aside as ${setAside(folder)}`);
      this.#add([{ ...item, fromStep: 0, predecessor: null }]);
      return;
    }
    this.#corrupt.push({ task, problem });
    this.#event(`corrupt: ${task.name}: ${problem}`);
    this.#end(task.id);
  }

  /** The worker has marked it in its own store, which may be another. */
  #settleFailure(item: PendingTask, reported: TaskFailure): void {
    const { task } = item;
    const state = this.#stateOf(item);
    const failure = state.state === 'failed' ? state.failure : reported;
    if (state.state !== 'failed' && state.state !== 'done')
      markFailed(prepareTaskFolder(taskFolder(this.#options.outDir, task), task), failure);
    this.#failed.push({ task, failure });
    this.#log({ task: task.name, ...failure }, 'task failed');
    this.#event(`failed: ${task.name}: ${failure.message}`);
    this.#end(task.id);
  }

  /** A look may take longer than the time between two. */
  async #reconcile(queue: TaskQueue): Promise<void> {
    if (this.#isLooking || !queue.isReachable) return;
    this.#isLooking = true;
    try {
      await this.#lookForLost(queue);
    } finally {
      this.#isLooking = false;
    }
  }

  /** Twice in a row, as what has just left the queue may still be on its way here. */
  async #lookForLost(queue: TaskQueue): Promise<void> {
    const missing = await queue.missing([...this.#outstanding.values()].map(({ task }) => task));
    const again = [...missing].flatMap((id) => (this.#missing.has(id) ? (this.#waitedFor(id) ?? []) : []));
    this.#missing = missing;
    const sent = await this.#sentOf(again.filter((item) => this.#stateOf(item).state !== 'done'));
    const lost: PendingTask[] = [];
    for (const item of again)
      if (this.#waitedFor(item.task.id) !== null && !this.#isSettled(item, sent)) lost.push(item);
    if (lost.length === 0) return;
    this.#event(`the queue has lost ${formatCount(lost.length)} of the tasks: they are put into it again`);
    this.#missing = new Set();
    this.#add(lost);
  }

  #waitedFor(id: string): PendingTask | null {
    const item = this.#outstanding.get(id);
    return item === undefined || this.#bringer?.isBringing(item.task) === true ? null : item;
  }

  /** Settles a task that has left the queue by what is left of it. True too where that can't be told now. */
  #isSettled(item: PendingTask, sent: ReadonlySet<string> | null): boolean {
    const state = this.#stateOf(item);
    if (state.state === 'done' || sent?.has(item.task.name) === true) this.done(item.task.id, null);
    else if (sent === null) return true;
    else if (state.state === 'failed' && state.failure.attempts > item.failures)
      this.#settleFailure(item, state.failure);
    else return false;
    return true;
  }

  /** Names of those that are in the bucket. Null where it can't tell now: it is asked at the next look. */
  async #sentOf(items: readonly PendingTask[]): Promise<ReadonlySet<string> | null> {
    const { bucket } = this.#options;
    if (bucket === undefined) return new Set();
    try {
      return await bucket.finishedOf(items.map(({ task }) => task));
    } catch (error) {
      if (!(error instanceof BucketError)) throw error;
      this.#event(`${error.message} It is tried again.`);
      return null;
    }
  }

  #add(items: readonly PendingTask[]): void {
    const payloads = items.map(({ task, predecessor, failures }) => ({
      task,
      predecessorSteps: predecessor?.steps ?? null,
      failures,
    }));
    this.#queue?.add(payloads, this.#options.retries).catch(this.#breakDown);
  }

  #end(id: string): void {
    this.#outstanding.delete(id);
    if (this.#outstanding.size === 0) this.#settle();
  }

  #tellElsewhere(): void {
    const elsewhere = this.#elsewhere.filter((item) => this.#stateOf(item).state !== 'done');
    if (elsewhere.length > 0) this.#event(elsewhereText(elsewhere.length));
  }

  #stateOf({ task }: PendingTask): TaskState {
    return readTaskState(taskFolder(this.#options.outDir, task), task.id);
  }

  #log(fields: object, message: string): void {
    this.#options.logger.info(fields, message);
  }
}
