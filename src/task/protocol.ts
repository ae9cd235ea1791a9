import type { TaskOutcome } from './outcome.js';
import type { Task } from './task.js';

/**
 * What the coordinator and a training thread say to each other. Plain data, since classes do not survive the thread boundary.
 * Steps and the stop request go through shared memory, so that neither side waits for the other.
 */
export type WorkerRequest = WarmUpRequest | TrainRequest;
export type WorkerReply = TaskOutcome | { readonly type: 'warm' };

/**
 * Run every TensorFlow operation once that these tasks need. tfjs-node keeps a process-wide set of attribute names without a
 * lock, so the first use of a name must not happen in two threads at once: one thread warms up before the others start.
 */
export interface WarmUpRequest {
  readonly type: 'warmUp';
  /** The task that will be trained first comes first. */
  readonly tasks: readonly Task[];
}

/** A finished task of fewer steps and otherwise the same settings: a task of more steps continues from its final state. */
export interface Predecessor {
  readonly id: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly steps: number;
}

/** To train, or to compute what the task's kind says. */
export interface TrainRequest<Own extends Task = Task> {
  readonly type: 'train';
  readonly task: Own;
  /** Absolute path of the task's folder; it exists and holds `task.json`. */
  readonly folder: string;
  /** A finished task of fewer steps, and otherwise the same settings, to continue from where there is no checkpoint. */
  readonly predecessor: Predecessor | null;
  readonly checkpointEveryMs: number;
  /** Int32: at 0 the stop request (1: finish the chunk, write a checkpoint, return), at 1 + slot the steps done. */
  readonly shared: SharedArrayBuffer;
  readonly slot: number;
}

/** Monotonic milliseconds and wall-clock time; neither reaches a result. */
export interface Clock {
  now(): number;
  date(): Date;
}

/** The module that executes an experiment's tasks. Only worker threads import it. */
export interface WorkerModule {
  readonly run: (request: TrainRequest, clock: Clock) => TaskOutcome | Promise<TaskOutcome>;
  /** Runs once what is not safe in two threads at a time. Not there where nothing is. */
  readonly warmUp?: (tasks: readonly Task[]) => Promise<void>;
}

/** The module that draws from what a finished task has learned. */
export interface SampleModule {
  /** Names of a point's coordinates. */
  readonly coordinates: (task: Task) => readonly string[];
  /** Draws points, in blocks of rows. More points begin with the same ones. */
  readonly samplePoints: (task: Task, folder: string, count: number, seed: number) => Iterable<number[][]>;
}

/** What the process of `vae-sweep sample` is asked for. */
export interface SampleRequest {
  readonly task: Task;
  /** The finished task's. */
  readonly folder: string;
  /** Points. */
  readonly count: number;
  readonly seed: number;
  /** Modules to load first. */
  readonly plugins: readonly string[];
}
