import type { TaskOutcome } from '../task/outcome.js';
import type { Predecessor } from '../task/protocol.js';
import type { Task } from '../task/task.js';

/** A task to be trained, as far as it is. */
export interface Job {
  readonly task: Task;
  /** Absolute path of its folder; it exists and holds `task.json`. */
  readonly folder: string;
  /** Steps that its checkpoint, or else its predecessor, already has. */
  readonly fromStep: number;
  readonly predecessor: Predecessor | null;
}

/** Where tasks are trained, as many at a time as it has slots. */
export interface TaskPool {
  /** Rejects when nothing can be trained any more. */
  readonly broken: Promise<never>;
  /** Lets everything be loaded and compiled that these tasks need first. */
  warmUp(tasks: readonly Task[]): Promise<void>;
  /** Trains a task to its end. `onStart` gets the task's slot. */
  train(job: Job, onStart: (slot: number) => void): Promise<TaskOutcome>;
  /** Steps that the slot's task has done. */
  stepOf(slot: number): number;
  /** Asks every running task to finish its chunk, write a checkpoint and return. */
  requestStop(): void;
  /** Ends the slot's process at once, and whatever else it trains: what is worth keeping is durable. */
  kill(slot: number): Promise<void>;
  destroy(): Promise<void>;
}
