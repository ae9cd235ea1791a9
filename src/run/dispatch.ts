import PQueue from 'p-queue';
import type { Logger } from 'pino';
import { StoreError } from '../errors.js';
import {
  clearFailed,
  markFailed,
  prepareTaskFolder,
  readTaskState,
  setAside,
  taskFolder,
} from '../store/task-folder.js';
import { doneText, failureOf, type TaskFailureOutcome } from '../pool/outcome.js';
import type { TaskOutcome, TaskPool } from '../pool/task-pool.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import type { Tally } from './tally.js';
import type { CorruptTask, FailedTask, PendingTask } from './triage.js';

export interface DispatchContext {
  readonly pool: TaskPool;
  readonly tally: Tally;
  readonly logger: Logger;
  /** Shows one line to the user. */
  readonly event: (line: string) => void;
  /** Told of each task whose results are in the store. */
  readonly onDone?: (task: Task) => void;
  readonly outDir: string;
  readonly workers: number;
  /** How often a task that failed is tried again in this session. */
  readonly retries: number;
  /** Whether to set corrupt task folders aside and train their tasks from the first step. */
  readonly retrainCorrupt: boolean;
  readonly signal: AbortSignal;
}

export interface DispatchResult {
  readonly done: number;
  readonly failed: readonly FailedTask[];
  /** Found to be corrupt when they were to go on. */
  readonly corrupt: readonly CorruptTask[];
}

/**
 * Trains the tasks in their order, as many at a time as there are workers, until all have ended or a stop is asked for.
 * @throws a StoreError, once all workers have stopped, if the store can't be written
 */
export async function dispatch(
  pending: readonly PendingTask[],
  context: DispatchContext,
): Promise<DispatchResult> {
  const run = new Dispatch(context);
  return run.all(pending);
}

class Dispatch {
  readonly #context: DispatchContext;
  readonly #queue: PQueue;
  readonly #failed: FailedTask[] = [];
  readonly #corrupt: CorruptTask[] = [];
  #done = 0;
  /** What ends after that, as tasks in threads that are stopped, is nobody's business: the store may have another owner. */
  #isOver = false;
  #storeError: StoreError | null = null;

  constructor(context: DispatchContext) {
    this.#context = context;
    this.#queue = new PQueue({ concurrency: context.workers });
  }

  async all(pending: readonly PendingTask[]): Promise<DispatchResult> {
    const { pool, signal } = this.#context;
    const stop = (): void => {
      this.#stop();
    };
    signal.addEventListener('abort', stop);
    try {
      if (!signal.aborted) for (const item of pending) this.#add(item, 0);
      await Promise.race([this.#queue.onIdle(), this.#queue.onError(), pool.broken]);
    } finally {
      signal.removeEventListener('abort', stop);
      this.#queue.clear();
      this.#isOver = true;
    }
    if (this.#storeError !== null) throw this.#storeError;
    return { done: this.#done, failed: this.#failed, corrupt: this.#corrupt };
  }

  #stop(): void {
    this.#queue.clear();
    this.#context.pool.requestStop();
  }

  /** `retried` counts this session's retries. What the job throws is none of the task's failures; `onError` has it. */
  #add(item: PendingTask, retried: number): void {
    const job = async (): Promise<void> => {
      try {
        await this.#train(item, retried);
      } catch (error) {
        if (!(error instanceof StoreError)) throw error;
        this.#stopUnwritable(error);
      }
    };
    this.#queue.add(job).catch(() => undefined);
  }

  /** The first that can't write stops all: none of them could, and what they did since their checkpoints comes again. */
  #stopUnwritable(error: StoreError): void {
    if (this.#storeError !== null) return;
    this.#storeError = error;
    this.#stop();
    this.#context.logger.error({ problem: error.message }, 'store not writable');
  }

  async #train(item: PendingTask, retried: number): Promise<void> {
    const { pool, tally, logger, outDir } = this.#context;
    const { task, fromStep, predecessor } = item;
    const folder = prepareTaskFolder(taskFolder(outDir, task), task);
    if (item.failures > 0) clearFailed(folder);
    let endedSlot = -1;
    const outcome = await pool.train({ task, folder, fromStep, predecessor }, (slot) => {
      endedSlot = slot;
      tally.started(slot, item, performance.now());
      logger.info({ task: task.name, slot, fromStep }, 'task started');
    });
    if (this.#isOver) return;
    tally.ended(endedSlot, outcome.type === 'done' || outcome.type === 'computed');
    if ((outcome.type === 'done' || outcome.type === 'stopped') && outcome.recovered !== null)
      this.#context.event(`recovered: ${task.name}: ${outcome.recovered}`);
    this.#settle(item, retried, folder, outcome);
    if (outcome.type === 'done' || outcome.type === 'computed') this.#context.onDone?.(item.task);
  }

  #settle(item: PendingTask, retried: number, folder: string, outcome: TaskOutcome): void {
    const { logger, event } = this.#context;
    const { name } = item.task;
    switch (outcome.type) {
      case 'done': {
        this.#done += 1;
        const { steps, fromStep, trainingMs } = outcome;
        logger.info({ task: name, steps, fromStep, trainingMs }, 'task done');
        event(`done: ${name}, ${doneText(outcome)}`);
        return;
      }
      case 'computed':
        this.#done += 1;
        logger.info({ task: name, ...outcome }, 'task done');
        event(`done: ${name}: ${doneText(outcome)}`);
        return;
      case 'stopped':
        logger.info({ task: name, step: outcome.step }, 'task stopped');
        if (experimentOf(item.task.settings).isResumable)
          event(`stopped: ${name} at step ${formatCount(outcome.step)}`);
        else event(`stopped: ${name}, to start again`);
        return;
      case 'corrupt':
        logger.error({ task: name, problem: outcome.problem }, 'task corrupt');
        this.#settleCorrupt(item, folder, outcome.problem);
        return;
      case 'unwritable':
        throw new StoreError(outcome.message);
      default:
        logger.error({ task: name, ...outcome }, 'task failed');
        this.#settleFailure(item, retried, folder, outcome);
    }
  }

  /** A divergence comes again; a task that shared its process with the one to blame has not failed. */
  #settleFailure(item: PendingTask, retried: number, folder: string, outcome: TaskFailureOutcome): void {
    const { retries, signal } = this.#context;
    const isInnocent = outcome.type === 'ended' && !outcome.isCulprit;
    const mayTryAgain = outcome.type !== 'diverged' && (isInnocent || retried < retries);
    // A terminal's Ctrl-C also reaches a compiler that a task waits for: what fails after a stop says nothing of the task.
    if (signal.aborted && outcome.type !== 'diverged') return;
    if (!mayTryAgain) this.#fail(item, folder, outcome);
    else this.#retry(item, retried, folder, outcome.message, isInnocent ? 0 : 1);
  }

  /** A folder that is set aside has no files that could be corrupt again. */
  #settleCorrupt({ task, failures }: PendingTask, folder: string, problem: string): void {
    const { retrainCorrupt, event, tally, signal } = this.#context;
    if (!retrainCorrupt || signal.aborted) {
      this.#corrupt.push({ task, problem });
      event(`corrupt: ${task.name}: ${problem}`);
      return;
    }
    event(`corrupt: ${task.name}: ${problem}; set aside as ${setAside(folder)}`);
    const item = { task, fromStep: 0, predecessor: null, failures };
    tally.queuedAgain(item);
    this.#add(item, 0);
  }

  /** At the end of the queue, from whatever checkpoint there is. */
  #retry(
    { task, failures, predecessor }: PendingTask,
    retried: number,
    folder: string,
    message: string,
    blame: 0 | 1,
  ): void {
    const { tally, event } = this.#context;
    const state = readTaskState(folder, task.id);
    const fromStep = state.state === 'interrupted' ? state.step : (predecessor?.steps ?? 0);
    const item = { task, fromStep, predecessor, failures: failures + blame };
    event(`${blame === 1 ? 'failed' : 'interrupted'}, to be tried again: ${task.name}: ${message}`);
    tally.queuedAgain(item);
    this.#add(item, retried + blame);
  }

  #fail({ task, failures }: PendingTask, folder: string, outcome: TaskFailureOutcome): void {
    const failure = failureOf(outcome, failures + 1);
    markFailed(folder, failure);
    this.#failed.push({ task, failure });
    this.#context.event(`failed: ${task.name}: ${failure.message}`);
  }
}
