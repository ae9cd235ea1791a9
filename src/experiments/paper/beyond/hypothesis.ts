import type { Cell } from '../../../report/cells.js';
import type { Drawing } from '../../../report/figures/figure.js';
import type { TrainingRuns } from '../../vae/runs.js';
import type { TrainingSettings } from '../../vae/settings/task.js';

export type TrainingCell = Cell<TrainingSettings>;

/** A hypothesis beyond the paper, and how a sweep decides it. To add one, add a file and a line in `registry.ts`. */
export interface Hypothesis {
  readonly name: string;
  /** The hypothesis, in the words of the sweep file's title. */
  readonly statement: string;
  /** Title in the table of contents. */
  readonly short: string;
  /** Sentences that say what is compared and why. */
  readonly background: string;
  /** The tested condition, with its threshold: sentences, the first without a capital, the last without a full stop. */
  readonly test: string;
  /** Whether a part of a sweep is about the hypothesis. */
  examines(part: TrainingRuns['part']): boolean;
  /** The distance by which Adam must be able to move a parameter: tasks with a smaller `steps * learningRate` decide nothing. */
  readonly minDistance: number;
  /** Summary columns whose means the table shows. */
  readonly metrics: readonly string[];
  /** Judges the finished tasks, of which there is at least one. The hypothesis is only decided if no task is missing. */
  judge(cells: readonly TrainingCell[]): Finding;
  /** What the figure shows, as a title and as sentences. */
  readonly figure: { readonly title: string; readonly caption: string };
  /** Draws cells that each have at least one finished task. */
  readonly draw: (cells: readonly TrainingCell[]) => Drawing;
}

/** What the tasks say: the verdict, and sentences with the numbers that decide, without the last full stop. */
export interface Finding {
  readonly verdict: Verdict;
  readonly detail: string;
}

export const NOTHING_TO_COMPARE = 'not judged: nothing to compare';

/** What finished tasks say about a hypothesis. Undecided: the evidence is too weak either way. */
export type Verdict = 'holds' | 'does not hold' | 'undecided' | typeof NOTHING_TO_COMPARE;
