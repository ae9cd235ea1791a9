import type { Task } from '../task/task.js';
import type { Settlement } from './settle.js';
import type { Snapshot } from './tally.js';

/** What shows a run to people while it works. The commands and the library implement it. Results go elsewhere. */
export interface Output {
  /** Shows one line. */
  readonly line: (text: string) => void;
  /** Shows what follows from an attempt at a task. */
  readonly settled: (task: Task, settlement: Settlement) => void;
  /** Shows that a stop was asked for. */
  readonly stopping: (reason: unknown) => void;
  /** Shows the progress of the tasks until the returned function is called. */
  readonly showProgress: (snapshot: () => Snapshot) => () => void;
}
