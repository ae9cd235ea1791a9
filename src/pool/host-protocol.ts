import type { Task } from '../task/task.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { PluginReference } from '../task/plugins.js';
import type { Job } from './task-pool.js';

/** What the coordinator says to a process that hosts training threads. `slot` is the thread's number in it. */
export type HostRequest =
  | ({ readonly type: 'open' } & HostOptions)
  | { readonly type: 'warmUp'; readonly tasks: readonly Task[] }
  | { readonly type: 'train'; readonly slot: number; readonly job: Job }
  | { readonly type: 'stop' };

/** What it answers. */
export type HostReply =
  | { readonly type: 'warm' }
  /** `step` is the last that the task came to. */
  | { readonly type: 'outcome'; readonly slot: number; readonly step: number; readonly outcome: TaskOutcome }
  /** Slots that are training, and the steps that their tasks have done. */
  | { readonly type: 'steps'; readonly steps: readonly (readonly [slot: number, step: number])[] }
  /** Its threads can't be started. */
  | { readonly type: 'broken'; readonly message: string };

export interface HostOptions {
  /** Threads, each a slot. */
  readonly workers: number;
  /** Module of a training thread. */
  readonly workerUrl: string;
  readonly checkpointEveryMs: number;
  /** Modules that a thread loads before its first task. */
  readonly plugins: readonly PluginReference[];
}
