import type { TaskOutcome } from './outcome.js';
import type { Task } from './task.js';

/**
 * Messages between the coordinator and worker threads. They are plain data, because class instances do not survive the thread boundary.
 * Step counts and the stop request go through shared memory, so that neither side waits for the other.
 */
export type WorkerRequest = WarmUpRequest | TrainRequest;
export type WorkerReply = TaskOutcome | { readonly type: 'warm' };

/**
 * Asks a worker to run every TensorFlow operation that these tasks need once. tfjs-node has a process-wide set of attribute names without
 * a lock. The first use of a name must not happen in two threads at once, so that one thread warms up before the others start.
 */
export interface WarmUpRequest {
  readonly type: 'warmUp';
  /** The tasks, starting with the one that the worker will execute first. */
  readonly tasks: readonly Task[];
}

/** A finished task with fewer steps and otherwise equal settings. A task with more steps can continue from its final state. */
export interface Predecessor {
  readonly id: string;
  /** Absolute path of its folder. */
  readonly folder: string;
  readonly steps: number;
}

/** Asks a worker to execute a task. */
export interface TrainRequest<Own extends Task = Task> {
  readonly type: 'train';
  readonly task: Own;
  /** Absolute path of the task's folder; it exists and holds `task.json`. */
  readonly folder: string;
  /** The task to continue from if there is no checkpoint; null if there is none. */
  readonly predecessor: Predecessor | null;
  readonly checkpointEveryMs: number;
  /** Int32 array of the slot: the stop request at 0 (1: finish the chunk, write a checkpoint, return), and the finished steps at 1 + slot. */
  readonly shared: SharedArrayBuffer;
  readonly slot: number;
}

/** Monotonic milliseconds and wall-clock time. Results must not depend on either. */
export interface Clock {
  now(): number;
  date(): Date;
}

/** A module that executes an experiment's tasks. Only worker threads import it. */
export interface WorkerModule {
  readonly run: (request: TrainRequest, clock: Clock) => TaskOutcome | Promise<TaskOutcome>;
  /** Runs operations once whose first use is not safe in two threads at a time. Undefined if there are none. */
  readonly warmUp?: (tasks: readonly Task[]) => Promise<void>;
}

/** A module that draws points from the model of a finished task. */
export interface SampleModule {
  /** Returns the names of a point's coordinates. */
  readonly coordinates: (task: Task) => readonly string[];
  /** Yields `count` points in blocks of rows. A larger count starts with the same points. */
  readonly samplePoints: (task: Task, folder: string, count: number, seed: number) => Iterable<number[][]>;
}

/** Request to the process that draws points for `vae-sweep sample`. */
export interface SampleRequest {
  readonly task: Task;
  /** Folder of the finished task. */
  readonly folder: string;
  /** Number of points. */
  readonly count: number;
  readonly seed: number;
  /** Paths of plugins to load first. */
  readonly plugins: readonly string[];
}
