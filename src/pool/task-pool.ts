import type { TaskOutcome } from '../task/outcome.js';
import type { Predecessor } from '../task/protocol.js';
import type { Task } from '../task/task.js';

/** A task to train, with the state to start from. */
export interface Assignment {
  readonly task: Task;
  /** The absolute path of its folder, which exists and has a `task.json`. */
  readonly folder: string;
  /** The number of steps already done by its checkpoint, or else by its predecessor. */
  readonly fromStep: number;
  readonly predecessor: Predecessor | null;
}

/** A pool that trains as many tasks concurrently as it has slots. */
export interface TaskPool {
  /** Rejects when the pool can't train tasks any longer. */
  readonly broken: Promise<never>;
  /** Loads and compiles everything that these tasks need to start. */
  warmUp(tasks: readonly Task[]): Promise<void>;
  /** Trains a task until it ends. Calls `onStart` with the task's slot. */
  train(assignment: Assignment, onStart: (slot: number) => void): Promise<TaskOutcome>;
  /** Returns the number of steps that the slot's task has done. */
  stepOf(slot: number): number;
  /** Asks the slot's task, or every running task, to finish its chunk, write a checkpoint and return. */
  requestStop(slot?: number): void;
  /** Kills the slot's process immediately, with all tasks in it. Everything worth keeping is durable. */
  kill(slot: number): Promise<void>;
  destroy(): Promise<void>;
}
