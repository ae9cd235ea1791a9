import type { Task } from '../task/task.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { PluginReference } from '../task/plugins.js';
import type { Assignment } from './task-pool.js';

/** A request of the coordinator to a process that hosts training threads. `slot` is the index of the thread in it. */
export type HostRequest =
  | ({ readonly type: 'open' } & HostOptions)
  | { readonly type: 'warmUp'; readonly tasks: readonly Task[] }
  | { readonly type: 'train'; readonly slot: number; readonly assignment: Assignment }
  /** Asks the task of this slot to stop; without a slot, all tasks. */
  | { readonly type: 'stop'; readonly slot?: number };

/** A reply of the process. */
export type HostReply =
  | { readonly type: 'warm' }
  /** `step` is the last step of the task. */
  | { readonly type: 'outcome'; readonly slot: number; readonly step: number; readonly outcome: TaskOutcome }
  /** The slots that are training, with the steps that their tasks have done. */
  | { readonly type: 'steps'; readonly steps: readonly (readonly [slot: number, step: number])[] }
  /** The threads can't be started. */
  | { readonly type: 'broken'; readonly message: string };

export interface HostOptions {
  /** The number of threads, each of which is a slot. */
  readonly workers: number;
  /** The module that training threads load. */
  readonly workerUrl: string;
  readonly checkpointEveryMs: number;
  /** The plugins that a thread loads before its first task. */
  readonly plugins: readonly PluginReference[];
}
