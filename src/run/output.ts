import type { Task } from '../task/task.js';
import type { Settlement } from './settle.js';
import type { Snapshot } from './tally.js';

/** Shows people the progress of a run. The commands and the library implement it. Results go elsewhere. */
export interface Output {
  /** Shows one line. */
  readonly line: (text: string) => void;
  /** Shows how an attempt at a task was settled. */
  readonly settled: (task: Task, settlement: Settlement) => void;
  /** Shows that a stop was requested. */
  readonly stopping: (reason: unknown) => void;
  /** Shows the progress of the tasks until the returned function is called. */
  readonly showProgress: (snapshot: () => Snapshot) => () => void;
}
