import type { ComputedRuns } from './computed.js';
import type { TrainingRuns } from '../../vae/runs.js';
import type { FigureSet } from '../../../report/figures/make.js';
import type { Table } from '../../../report/tables/table.js';

/** Everything that a sweep has computed and trained. */
export interface Evidence {
  readonly computed: ComputedRuns;
  readonly parts: readonly TrainingRuns[];
}

/** The texts of a statement that do not depend on tasks. */
export interface StatementText {
  /** Unique name, which is the anchor in the report and the prefix of the statement's files. */
  readonly name: string;
  readonly title: string;
  /** Three sentences for readers who have not read the paper: what it says, why it matters, and what was computed. */
  readonly explanation: readonly [says: string, matters: string, computed: string];
  /** Remarks about the paper's own wording, one or two sentences each. */
  readonly findings: readonly string[];
}

/** `holds as far as computed`: nothing disagrees, but some tasks ended early. `measured`: the paper makes no claim. */
export type TheoryOutcome =
  'holds' | 'does not hold' | 'holds as far as computed' | 'not enough tasks' | 'measured';

/** The result of examining a statement with the tasks. */
export interface Examination {
  readonly outcome: TheoryOutcome;
  /** The verdict without a period, for example `Holds in 40 of 40 tasks; smallest margin 0.2 (2-6-4, seed 3)`. */
  readonly verdict: string;
  /** Further results, one sentence each, for example about tasks that ended early. */
  readonly notes: readonly string[];
  /** The tasks that disagree. */
  readonly exceptions: readonly string[];
  readonly tables: readonly Table[];
  readonly runs: Table | null;
  draw(): FigureSet;
}

export type Statement = StatementText & Examination;

export interface StatementDefinition extends StatementText {
  /** Whether the statement is only context for others, and not shown on its own. Default: false. */
  readonly contextOnly?: boolean;
  /** Examines the statement. @returns null if none of the sweep's tasks is about it */
  examine(evidence: Evidence): Examination | null;
}
