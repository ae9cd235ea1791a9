import type { Logger } from 'pino';
import type { Isolation } from '../pool/process-pool.js';
import type { Task } from '../task/task.js';
import type { RunEnd } from './ledger.js';
import type { Output } from './output.js';
import type { PendingTask } from './triage.js';

/** What the sweep had before this run. */
export interface Start {
  readonly tasks: number;
  readonly done: number;
  readonly pending: readonly PendingTask[];
}

/** The options of a run that say how its tasks are executed. */
export interface ExecutionOptions {
  readonly outDir: string;
  /** The number of concurrent tasks. */
  readonly workers: number;
  /** How often this run retries a task that fails. */
  readonly retries: number;
  /** Whether to set corrupt task folders aside and execute their tasks again. */
  readonly retrainCorrupt: boolean;
  readonly checkpointEveryMs: number;
  readonly isolation: Isolation;
  /** A task without a step for this long has failed. */
  readonly stallMs: number;
  /** The limit of the resident memory of all workers together. */
  readonly memoryBytes: number;
  /** Asks for a graceful stop when aborted. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Module of a worker thread. */
  readonly workerUrl?: URL;
  /** Tasks with results there are not executed; what this machine finishes is sent there. */
  readonly exchange?: ResultExchange;
}

export interface ExecutorContext extends ExecutionOptions {
  readonly logger: Logger;
}

/** Executes the pending tasks, until all have ended or a stop is requested. */
export type Executor = (start: Start, context: ExecutorContext) => Promise<RunEnd>;

type Say = (line: string) => void;

/** A place outside of this machine that keeps the results of finished tasks. */
export interface ResultExchange {
  /** Downloads the results that it has of these tasks and the store lacks. */
  fetch(outDir: string, tasks: readonly Task[], options: { signal: AbortSignal; say: Say }): Promise<void>;
  /** Sends the results that the store has of these tasks, or of all, and the exchange lacks. */
  sendAll(outDir: string, say: Say, only?: readonly Task[]): Promise<void>;
  sender(outDir: string, say: Say): ResultSender;
}

/** Sends results while other tasks run. One that can't be sent is left to `sendAll`. */
export interface ResultSender {
  add(task: Task): void;
  /** Resolves once nothing is being sent. */
  idle(): Promise<void>;
}
