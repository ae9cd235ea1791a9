import PQueue from 'p-queue';
import { StoreError } from '../errors.js';
import type { TaskPool } from '../pool/task-pool.js';
import { readTaskState, taskFolder } from '../store/task-folder.js';
import type { Task } from '../task/task.js';
import { attemptTask } from './attempt-task.js';
import type { ExecutionOptions } from './executor.js';
import { Ledger, type LedgerOptions, type RunEnd } from './ledger.js';
import { released } from './settle.js';
import type { Tally } from './tally.js';
import type { PendingTask } from './triage.js';

export interface LocalQueueContext
  extends
    LedgerOptions,
    Pick<
      ExecutionOptions,
      'outDir' | 'workers' | 'retries' | 'retrainCorrupt' | 'signal' | 'cancellationOf' | 'onNext'
    > {
  readonly pool: TaskPool;
  readonly tally: Tally;
  /** Called for each task once its results are in the store. */
  readonly onDone?: (task: Task) => void;
}

/**
 * Executes the tasks in order, one per worker at a time, until all have ended or a stop is requested.
 * @throws a StoreError, once all workers have stopped, if the store can't be written to
 */
export async function runLocally(
  pending: readonly PendingTask[],
  context: LocalQueueContext,
): Promise<RunEnd> {
  return new LocalQueue(pending, context).run();
}

/** The in-memory queue of a run that executes all tasks on this machine. */
class LocalQueue {
  readonly #context: LocalQueueContext;
  readonly #queue: PQueue;
  readonly #ledger: Ledger;
  /** The ids of the tasks that wait for a worker. */
  readonly #waiting = new Set<string>();
  /** The number of tasks that were moved to the front. The last one comes first. */
  #moved = 0;
  /** Set once the run is over. Ignore outcomes after that: this process may no longer hold the store's lock. */
  #isOver = false;
  #storeError: StoreError | null = null;

  constructor(pending: readonly PendingTask[], context: LocalQueueContext) {
    this.#context = context;
    this.#queue = new PQueue({ concurrency: context.workers });
    this.#ledger = new Ledger(pending, context);
  }

  async run(): Promise<RunEnd> {
    const { pool, signal } = this.#context;
    const stop = (): void => {
      this.#stop();
    };
    signal.addEventListener('abort', stop);
    const removeListener = this.#context.onNext?.((id) => this.#moveToFront(id));
    try {
      if (!signal.aborted) for (const item of this.#ledger.outstanding) this.#add(item, 0);
      await Promise.race([this.#queue.onIdle(), this.#queue.onError(), pool.broken]);
    } finally {
      signal.removeEventListener('abort', stop);
      removeListener?.();
      this.#queue.clear();
      this.#isOver = true;
    }
    if (this.#storeError !== null) throw this.#storeError;
    return this.#ledger.result();
  }

  #stop(): void {
    this.#queue.clear();
    this.#waiting.clear();
    this.#context.pool.requestStop();
  }

  /** `retried` counts the retries in this run. A StoreError stops the run and is not a failure of the task. */
  #add(item: PendingTask, retried: number): void {
    const { id } = item.task;
    const execute = async (): Promise<void> => {
      this.#waiting.delete(id);
      try {
        await this.#attempt(item, retried);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#stopOnStoreError(error);
      }
    };
    this.#waiting.add(id);
    this.#queue.add(execute, { id }).catch(() => undefined);
  }

  /** @returns false if the task does not wait */
  #moveToFront(id: string): boolean {
    if (!this.#waiting.has(id)) return false;
    this.#moved += 1;
    this.#queue.setPriority(id, this.#moved);
    return true;
  }

  /** Stops all tasks when the first one can't write: no other could either. Steps after the last checkpoints are repeated. */
  #stopOnStoreError(error: StoreError): void {
    if (this.#storeError !== null) return;
    this.#storeError = error;
    this.#stop();
    this.#context.logger.error({ problem: error.message }, 'store is not writable');
  }

  async #attempt(item: PendingTask, retried: number): Promise<void> {
    const { pool, tally, outDir, signal, retries, retrainCorrupt, onDone } = this.#context;
    let usedSlot = null as number | null;
    const cancellation = this.#context.cancellationOf?.(item.task);
    if (cancellation?.aborted) {
      tally.dropped(item);
      this.#ledger.record(item, released('cancelled before it started'));
      return;
    }
    const cancel = (): void => {
      if (usedSlot !== null) pool.requestStop(usedSlot);
    };
    cancellation?.addEventListener('abort', cancel);
    const settlement = await attemptTask(
      { ...item, isLast: retried >= retries },
      {
        pool,
        outDir,
        rules: () => ({
          isStopping: signal.aborted || cancellation?.aborted === true,
          isAbandoned: this.#isOver,
          resetsCorrupt: retrainCorrupt,
        }),
        onStart: (slot, { fromStep }) => {
          usedSlot = slot;
          tally.started(slot, item, performance.now());
          this.#ledger.started(item, { slot }, fromStep);
        },
      },
    );
    cancellation?.removeEventListener('abort', cancel);
    if (this.#isOver) return;
    if (usedSlot === null) tally.dropped(item);
    else tally.ended(usedSlot, settlement.type === 'done');
    this.#ledger.record(item, settlement);
    if (settlement.type === 'done') onDone?.(item.task);
    else if (settlement.type === 'reset') this.#addAgain({ ...item, fromStep: 0, predecessor: null }, 0);
    else if (settlement.type === 'retry') {
      const { blame } = settlement;
      this.#addAgain({ ...this.#asStored(item), failures: item.failures + blame }, retried + blame);
    }
  }

  /** Adds the task at the end of the queue. */
  #addAgain(item: PendingTask, retried: number): void {
    this.#context.tally.requeued(item);
    this.#add(item, retried);
  }

  /** Returns the task with the step of its current checkpoint. */
  #asStored(item: PendingTask): PendingTask {
    const state = readTaskState(taskFolder(this.#context.outDir, item.task), item.task.id);
    const fromStep = state.state === 'interrupted' ? state.step : (item.predecessor?.steps ?? 0);
    return { ...item, fromStep };
  }
}
