import type { ExecutorContext } from '../../run/executor.js';
import type { DownloadResult, ResultBucket } from '../bucket/result-bucket.js';
import { BucketError } from '../../errors.js';
import { parseFailure, type DoneReport, type FailureReport, type ProgressReport } from './messages.js';
import type { QueueListener, TaskQueue } from './task-queue.js';
import type { QueueTiming } from './timing.js';
import { readTaskState, taskFolder, type TaskState } from '../../store/task-folder.js';
import { stepsOf } from '../../task/cost.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { ResultDownloader } from '../bucket/result-downloader.js';
import { Ledger, type RunEnd } from '../../run/ledger.js';
import { settleReported, type ProblemReport } from '../../run/settle.js';
import { untilAborted } from '../../run/stop.js';
import type { PendingTask } from '../../run/triage.js';
import type { RemoteSlots } from './remote-slots.js';

/** The options of a run that following its queue depends on. */
export interface WatchOptions extends Pick<
  ExecutorContext,
  'outDir' | 'retries' | 'retrainCorrupt' | 'signal' | 'logger' | 'output'
> {
  /** The bucket to which workers with their own stores send results. */
  readonly bucket?: ResultBucket;
}

/** A task is corrupt after workers reported it as done this often without a result in the bucket. */
const MAX_MISSING_RESULTS = 3;

/** Follows the tasks by the queue's events, and by the store if events are missing, since their number is bounded. */
export class QueueWatch implements QueueListener {
  readonly #ledger: Ledger;
  readonly #slots: RemoteSlots;
  readonly #options: WatchOptions;
  readonly #downloader: ResultDownloader | null;
  /** How often each task was reported as done without a result in the bucket. */
  readonly #timesMissing = new Map<string, number>();
  /** Tasks that are done, but without a result in this store: their workers have their own stores. */
  readonly #elsewhere: PendingTask[] = [];
  /** Tasks that were not in the queue at the last check. */
  #missing: ReadonlySet<string> = new Set();
  #isReconciling = false;
  #queue: TaskQueue | null = null;
  /** Whether the run is over. Nothing is written to the store after that, because another process may own it. */
  #isOver = false;
  #fail: (reason: unknown) => void = () => undefined;

  constructor(pending: readonly PendingTask[], slots: RemoteSlots, options: WatchOptions) {
    this.#ledger = new Ledger(pending, options);
    this.#slots = slots;
    this.#options = options;
    const { bucket } = options;
    this.#downloader =
      bucket === undefined ? null : new ResultDownloader({ ...options, bucket, print: options.output.line });
  }

  /** Adds the tasks to the queue and follows them until all have ended or a stop is requested. */
  async run(queue: TaskQueue, { reconcileMs }: QueueTiming): Promise<RunEnd> {
    const { signal } = this.#options;
    this.#queue = queue;
    const broken = new Promise<never>((_, reject) => {
      this.#fail = reject;
    });
    const timer = setInterval(() => {
      this.#reconcile(queue).catch(this.#fail);
    }, reconcileMs);
    try {
      if (!signal.aborted) {
        this.#add(this.#ledger.outstanding);
        await Promise.race([this.#ledger.settled, broken, untilAborted(signal)]);
      }
    } finally {
      clearInterval(timer);
      this.#isOver = true;
      this.#queue = null;
      await this.#downloader?.close();
    }
    this.#reportElsewhere();
    return this.#ledger.result();
  }

  progress(id: string, report: ProgressReport): void {
    if (report.type === 'refused') {
      this.#log({ worker: report.worker, reason: report.reason }, 'worker rejected');
      this.#show(`rejected: worker ${report.worker}: ${report.reason}`);
      return;
    }
    const item = this.#ledger.find(id);
    if (item === null) return;
    if (this.#slots.step(item, report, performance.now()))
      this.#ledger.started(item, { worker: report.worker }, report.fromStep);
  }

  done(id: string, report: DoneReport | null): void {
    const item = this.#findAwaited(id);
    if (item === null) return;
    if (this.#downloader === null || this.#stateOf(item).state === 'done') this.#finish(item, report);
    else this.#download(this.#downloader, item, report);
  }

  failed(id: string, report: FailureReport): void {
    const item = this.#ledger.find(id);
    if (item === null) return;
    this.#slots.failed(id);
    const { worker } = report;
    const full =
      report.type === 'failed' ? report : { ...report, problem: `${report.problem}, on ${worker}` };
    this.#settle(item, full, worker);
  }

  waiting(id: string, why: Parameters<QueueListener['waiting']>[1]): void {
    const item = this.#ledger.find(id);
    if (item === null) return;
    const worker = this.#slots.release(id);
    if (why === 'lost') {
      this.#log({ task: item.task.name, worker }, 'worker gone');
      this.#show(
        `${worker === null ? 'its worker' : `worker ${worker}`} is gone, resuming elsewhere: ${item.task.name}`,
      );
    } else if (why === 'retrying') this.#reportRetry(item);
  }

  /** @param report null if only the existence of the result is known */
  #finish(item: PendingTask, report: DoneReport | null): void {
    const { fromStep, steps, recovered, worker } = report ?? unreported(item.task);
    this.#slots.done(item, { fromStep, steps, worker }, performance.now());
    if (this.#stateOf(item).state !== 'done') this.#elsewhere.push(item);
    const text = report === null ? '' : `${report.text} on ${worker}`;
    this.#ledger.record(item, { type: 'done', fromStep, steps, text, recovered }, worker);
  }

  #download(downloader: ResultDownloader, item: PendingTask, report: DoneReport | null): void {
    downloader
      .download(item.task)
      .then((result) => {
        // Null: a stop was requested.
        if (result?.type === 'downloaded') this.#finish(item, report);
        else if (result !== null) this.#settleMissing(item, result);
      })
      .catch(this.#fail);
  }

  /** Queues the task again after a missing or corrupt result, up to `MAX_MISSING_RESULTS` times. */
  #settleMissing(item: PendingTask, result: Exclude<DownloadResult, { type: 'downloaded' }>): void {
    const { task } = item;
    const times = (this.#timesMissing.get(task.id) ?? 0) + 1;
    this.#timesMissing.set(task.id, times);
    const problem =
      result.type === 'missing'
        ? 'the bucket has no result'
        : `the result in the bucket is corrupt: ${result.problem}`;
    this.#log({ task: task.name, problem }, 'result not downloaded');
    this.#slots.release(task.id);
    if (times < MAX_MISSING_RESULTS) {
      this.#show(`queued again: ${task.name}: ${problem}`);
      this.#add([{ ...item, fromStep: 0 }]);
      return;
    }
    this.#slots.failed(task.id);
    this.#ledger.record(item, { type: 'corrupt', problem });
  }

  #reportRetry(item: PendingTask): void {
    const record = async (): Promise<void> => {
      const known = await this.#queue?.failureOf(item.task.id);
      const report = known ?? parseFailure('unknown reason');
      if (report.type === 'failed')
        this.#ledger.record(
          item,
          { type: 'retry', failure: report.failure, stack: null, blame: 1 },
          report.worker,
        );
    };
    record().catch(() => undefined);
  }

  #settle(item: PendingTask, report: ProblemReport, worker?: string): void {
    const { outDir, signal, retrainCorrupt } = this.#options;
    const rules = {
      isStopping: signal.aborted,
      isAbandoned: this.#isOver,
      resetsCorrupt: retrainCorrupt,
    };
    const settlement = settleReported(outDir, item.task, report, rules);
    this.#ledger.record(item, settlement, worker);
    if (settlement.type === 'reset') this.#add([{ ...item, fromStep: 0, predecessor: null }]);
  }

  /** Checks for lost tasks. A check may take longer than the time between two. */
  async #reconcile(queue: TaskQueue): Promise<void> {
    if (this.#isReconciling || !queue.isReachable) return;
    this.#isReconciling = true;
    try {
      await this.#requeueLost(queue);
    } finally {
      this.#isReconciling = false;
    }
  }

  /** Queues lost tasks again. A task is lost if it is missing twice in a row: after the first time its event may still arrive. */
  async #requeueLost(queue: TaskQueue): Promise<void> {
    const missing = await queue.missing(this.#ledger.outstanding.map(({ task }) => task));
    const again = [...missing].flatMap((id) => (this.#missing.has(id) ? (this.#findAwaited(id) ?? []) : []));
    this.#missing = missing;
    const sent = await this.#sentOf(again.filter((item) => this.#stateOf(item).state !== 'done'));
    const lost: PendingTask[] = [];
    for (const item of again)
      if (this.#findAwaited(item.task.id) !== null && !this.#isSettled(item, sent)) lost.push(item);
    if (lost.length === 0) return;
    this.#show(
      `the queue lost ${formatCount(lost.length)} ${lost.length === 1 ? 'task' : 'tasks'}: queued again`,
    );
    this.#missing = new Set();
    this.#add(lost);
  }

  #findAwaited(id: string): PendingTask | null {
    const item = this.#ledger.find(id);
    return item === null || this.#downloader?.isDownloading(item.task) === true ? null : item;
  }

  /** Settles a task that has left the queue by its state. Returns true too if the bucket can't answer now. */
  #isSettled(item: PendingTask, sent: ReadonlySet<string> | null): boolean {
    const state = this.#stateOf(item);
    if (state.state === 'done' || sent?.has(item.task.name) === true) this.done(item.task.id, null);
    else if (sent === null) return true;
    else if (state.state === 'failed' && state.failure.attempts > item.failures)
      this.#settle(item, { type: 'failed', failure: state.failure });
    else return false;
    return true;
  }

  /** Returns the names of those tasks that are in the bucket; null if it can't be reached, in which case the next check retries. */
  async #sentOf(items: readonly PendingTask[]): Promise<ReadonlySet<string> | null> {
    const { bucket } = this.#options;
    if (bucket === undefined) return new Set();
    try {
      return await bucket.finishedOf(items.map(({ task }) => task));
    } catch (error) {
      if (!(error instanceof BucketError)) throw error;
      this.#show(`${error.message}; retrying`);
      return null;
    }
  }

  #add(items: readonly PendingTask[]): void {
    const payloads = items.map(({ task, predecessor, failures }) => ({
      task,
      predecessorSteps: predecessor?.steps ?? null,
      failures,
    }));
    this.#queue?.add(payloads, this.#options.retries).catch(this.#fail);
  }

  #reportElsewhere(): void {
    const elsewhere = this.#elsewhere.filter((item) => this.#stateOf(item).state !== 'done');
    if (elsewhere.length > 0) this.#show(elsewhereText(elsewhere.length));
  }

  #stateOf({ task }: PendingTask): TaskState {
    return readTaskState(taskFolder(this.#options.outDir, task), task.id);
  }

  #show(line: string): void {
    this.#options.output.line(line);
  }

  #log(fields: object, message: string): void {
    this.#options.logger.info(fields, message);
  }
}

/** Returns a line about results that are only in the workers' own stores. */
function elsewhereText(results: number): string {
  const count = `${formatCount(results)} ${results === 1 ? 'result is' : 'results are'}`;
  return `${count} only in the stores of the workers: merge these into this store with vae-sweep merge`;
}

function unreported({ settings }: Task): Omit<DoneReport, 'text'> {
  return { worker: '', fromStep: 0, steps: stepsOf(settings), recovered: null };
}
