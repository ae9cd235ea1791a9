import type { Logger } from 'pino';
import type { Isolation } from '../pool/process-pool.js';
import type { Task } from '../task/task.js';
import type { RunEnd } from './ledger.js';
import type { Output } from './output.js';
import type { PendingTask } from './triage.js';

/** The state of the sweep when this run started. */
export interface Start {
  readonly tasks: number;
  readonly done: number;
  readonly pending: readonly PendingTask[];
}

/** The options that determine how a run executes its tasks. */
export interface ExecutionOptions {
  readonly outDir: string;
  /** The number of tasks that run concurrently. */
  readonly workers: number;
  /** How many times this run retries a task that fails. */
  readonly retries: number;
  /** Whether to set the folders of corrupt tasks aside and execute these tasks again. */
  readonly retrainCorrupt: boolean;
  readonly checkpointEveryMs: number;
  readonly isolation: Isolation;
  /** A task that makes no step for this long fails. */
  readonly stallMs: number;
  /** The limit on the resident memory of all workers together. */
  readonly memoryBytes: number;
  /** Requests a graceful stop when it aborts. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Returns the signal that stops one task with a checkpoint. @default none */
  readonly cancellationOf?: (task: Task) => AbortSignal | undefined;
  /**
   * Calls the listener with the id of each task that is to start before the others. The listener returns whether the task was waiting.
   * Returns a function that removes it. @default tasks start in order
   */
  readonly onNext?: (listener: (id: string) => boolean) => () => void;
  /** The module that worker threads load. */
  readonly workerUrl?: URL;
  /** Where results are shared. Tasks with a result there are not executed, and new results are sent there. */
  readonly exchange?: ResultExchange;
}

export interface ExecutorContext extends ExecutionOptions {
  readonly logger: Logger;
}

/** Executes the pending tasks until all have ended or a stop is requested. */
export type Executor = (start: Start, context: ExecutorContext) => Promise<RunEnd>;

type Print = (line: string) => void;

/** A place outside this machine that stores the results of finished tasks. */
export interface ResultExchange {
  /** Downloads those results of these tasks that the store lacks. */
  fetch(
    outDir: string,
    tasks: readonly Task[],
    options: { signal: AbortSignal; print: Print },
  ): Promise<void>;
  /** Sends those results in the store, of the tasks in `only` or of all tasks, that the exchange lacks. */
  sendAll(outDir: string, print: Print, only?: readonly Task[]): Promise<void>;
  sender(outDir: string, print: Print): ResultSender;
}

/** Sends results while other tasks run. `sendAll` sends those that failed to arrive. */
export interface ResultSender {
  add(task: Task): void;
  /** Resolves once no transfer is in progress. */
  idle(): Promise<void>;
}
