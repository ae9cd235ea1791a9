import type { Logger } from 'pino';
import type { Isolation } from '../pool/process-pool.js';
import type { Task } from '../task/task.js';
import type { RunEnd } from './ledger.js';
import type { Output } from './output.js';
import type { PendingTask } from './triage.js';

/** What the sweep had before this session. */
export interface Start {
  readonly tasks: number;
  readonly done: number;
  readonly pending: readonly PendingTask[];
}

/** The options of a run that say how its tasks are trained. */
export interface TrainingOptions {
  readonly outDir: string;
  /** Tasks trained at a time. */
  readonly workers: number;
  /** How often a task that failed is tried again in this session. */
  readonly retries: number;
  /** Whether to set corrupt task folders aside and train their tasks again. */
  readonly retrainCorrupt: boolean;
  readonly checkpointEveryMs: number;
  readonly isolation: Isolation;
  /** A task that makes no step for so long has failed. */
  readonly stallMs: number;
  /** Memory that all workers together may have resident. */
  readonly memoryBytes: number;
  /** Asks for a graceful stop when aborted. */
  readonly signal: AbortSignal;
  readonly output: Output;
  /** Module of a training thread. */
  readonly workerUrl?: URL;
  /** What it has is not trained; what this machine finishes is sent there. */
  readonly exchange?: ResultExchange;
}

export interface ExecutorContext extends TrainingOptions {
  readonly logger: Logger;
}

/** Trains what is pending, until all of it has ended or a stop is asked for. */
export type Executor = (start: Start, context: ExecutorContext) => Promise<RunEnd>;

type Say = (line: string) => void;

/** A place outside of this machine that keeps the results of finished tasks. */
export interface ResultExchange {
  /** Brings what it has of these tasks and the store has not finished. */
  fetch(outDir: string, tasks: readonly Task[], options: { signal: AbortSignal; say: Say }): Promise<void>;
  /** Sends what the store has finished of these tasks, or of all, and the exchange lacks. */
  sendAll(outDir: string, say: Say, only?: readonly Task[]): Promise<void>;
  sender(outDir: string, say: Say): ResultSender;
}

/** Sends tasks while others are trained. One that can't be sent is left to `sendAll`. */
export interface ResultSender {
  add(task: Task): void;
  /** Resolves once nothing is being sent any more. */
  idle(): Promise<void>;
}
