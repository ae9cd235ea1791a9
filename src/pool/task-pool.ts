import type { Task } from '../task/task.js';
import type { Predecessor } from '../task/protocol.js';
import type { TrainOutcome } from '../task/protocol.js';

/** How a task ended that did not come to say it itself. */
export interface EndedOutcome {
  readonly type: 'ended';
  /** Its process died, it made no step for too long, or its process had too much memory. */
  readonly reason: 'crashed' | 'stalled' | 'memory';
  readonly message: string;
  /** False for a task that was trained in the same process as others, one of which may be to blame. */
  readonly isCulprit: boolean;
}

export type TaskOutcome = TrainOutcome | EndedOutcome;

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
  destroy(): Promise<void>;
}
