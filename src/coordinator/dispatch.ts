import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { TaskFailure } from '../store/task-folder.js';
import {
  clearFailed,
  markFailed,
  prepareTaskFolder,
  readTaskState,
  setAside,
  taskFolder,
} from '../store/task-folder.js';
import type { TrainOutcome } from '../training/protocol.js';
import { formatCount, formatDuration } from '../units.js';
import type { TrainingPool } from './pool.js';
import type { Tally } from './tally.js';
import type { CorruptTask, FailedTask, PendingTask } from './triage.js';

export interface DispatchContext {
  readonly pool: TrainingPool;
  readonly tally: Tally;
  readonly logger: Logger;
  /** Shows one line to the user. */
  readonly event: (line: string) => void;
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

/** Trains the tasks in their order, as many at a time as there are workers, until all have ended or a stop is asked for. */
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

  constructor(context: DispatchContext) {
    this.#context = context;
    this.#queue = new PQueue({ concurrency: context.workers });
  }

  async all(pending: readonly PendingTask[]): Promise<DispatchResult> {
    const { pool, signal } = this.#context;
    const stop = (): void => {
      this.#queue.clear();
      pool.requestStop();
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
    return { done: this.#done, failed: this.#failed, corrupt: this.#corrupt };
  }

  /** `retried` counts this session's retries. What the job throws is a failure of the store; `onError` has it. */
  #add(item: PendingTask, retried: number): void {
    this.#queue.add(() => this.#train(item, retried)).catch(() => undefined);
  }

  async #train(item: PendingTask, retried: number): Promise<void> {
    const { pool, tally, logger, outDir } = this.#context;
    const { task, fromStep } = item;
    const folder = prepareTaskFolder(taskFolder(outDir, task), task);
    if (item.failures > 0) clearFailed(folder);
    let endedSlot = -1;
    const outcome = await pool.train(task, folder, fromStep, (slot) => {
      endedSlot = slot;
      tally.started(slot, item, performance.now());
      logger.info({ task: task.name, slot, fromStep }, 'task started');
    });
    if (this.#isOver) return;
    tally.ended(endedSlot, outcome.type === 'done');
    this.#settle(item, retried, folder, outcome);
  }

  #settle(item: PendingTask, retried: number, folder: string, outcome: TrainOutcome): void {
    const { logger, event, retries, signal } = this.#context;
    const { name } = item.task;
    if (outcome.type === 'done') {
      this.#done += 1;
      const { steps, fromStep, trainingMs } = outcome;
      logger.info({ task: name, steps, fromStep, trainingMs }, 'task done');
      event(`done: ${name}, ${formatCount(steps - fromStep)} steps in ${formatDuration(trainingMs)}`);
    } else if (outcome.type === 'stopped') {
      logger.info({ task: name, step: outcome.step }, 'task stopped');
      event(`stopped: ${name} at step ${formatCount(outcome.step)}`);
    } else if (outcome.type === 'corrupt') {
      logger.error({ task: name, problem: outcome.problem }, 'task corrupt');
      this.#settleCorrupt(item, folder, outcome.problem);
    } else {
      logger.error({ task: name, ...outcome }, 'task failed');
      if (outcome.type === 'failed' && retried < retries && !signal.aborted)
        this.#retry(item, retried, folder, outcome.message);
      else this.#fail(item, folder, outcome);
    }
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
    const item = { task, fromStep: 0, failures };
    tally.queuedAgain(item);
    this.#add(item, 0);
  }

  /** At the end of the queue, from whatever checkpoint there is. */
  #retry({ task, failures }: PendingTask, retried: number, folder: string, message: string): void {
    const { tally, event } = this.#context;
    const state = readTaskState(folder, task.id);
    const fromStep = state.state === 'interrupted' ? state.step : 0;
    const item = { task, fromStep, failures: failures + 1 };
    event(`failed, to be tried again: ${task.name}: ${message}`);
    tally.queuedAgain(item);
    this.#add(item, retried + 1);
  }

  #fail({ task, failures }: PendingTask, folder: string, outcome: TrainFailure): void {
    const failure = failureOf(outcome, failures + 1);
    markFailed(folder, failure);
    this.#failed.push({ task, failure });
    this.#context.event(`failed: ${task.name}: ${failure.message}`);
  }
}

type TrainFailure = Extract<TrainOutcome, { type: 'failed' | 'diverged' }>;

function failureOf(outcome: TrainFailure, attempts: number): TaskFailure {
  if (outcome.type === 'failed')
    return { reason: 'error', message: outcome.message, step: null, lastFinite: null, attempts };
  const { step, lastFinite } = outcome;
  const before =
    lastFinite === null
      ? ''
      : `, after a loss of ${lastFinite.loss.toPrecision(6)} nats at step ${lastFinite.step}`;
  return {
    reason: 'diverged',
    message: `the loss is not finite at step ${formatCount(step)}${before}`,
    step,
    lastFinite,
    attempts,
  };
}
