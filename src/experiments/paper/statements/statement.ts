import type { ComputedRuns } from './computed.js';
import type { TrainingRuns } from '../../vae/runs.js';
import type { FigureSet } from '../../../report/figures/make.js';
import type { Table } from '../../../report/tables/table.js';

/** All that a sweep has computed and trained. */
export interface Evidence {
  readonly computed: ComputedRuns;
  readonly parts: readonly TrainingRuns[];
}

/** What the report tells of a statement before any run speaks of it. */
export interface StatementText {
  /** Of its anchor and of its files, which begin with it; unique. */
  readonly name: string;
  readonly title: string;
  /** For who has not read the paper: what it says, why it matters, what was computed. A sentence each. */
  readonly explanation: readonly [says: string, matters: string, computed: string];
  /** What to know of the paper's own words, a sentence or two each. */
  readonly findings: readonly string[];
}

/** `holds as far as computed`: nothing disagrees, but runs ended early. `measured`: the paper claims nothing. */
export type TheoryOutcome =
  'holds' | 'does not hold' | 'holds as far as computed' | 'not enough runs' | 'measured';

/** What the runs say of a statement. */
export interface Examination {
  readonly outcome: TheoryOutcome;
  /** As `Holds in 40 of 40 runs; smallest margin 0.2 (2-6-4, seed 3)`, without a full stop. */
  readonly verdict: string;
  /** What else came of the runs, as those that ended early, a sentence each. */
  readonly notes: readonly string[];
  /** The runs that disagree. */
  readonly exceptions: readonly string[];
  readonly tables: readonly Table[];
  readonly runs: Table | null;
  draw(): FigureSet;
}

export type Statement = StatementText & Examination;

export interface StatementDefinition extends StatementText {
  /** Whether it is shown only beside others: its runs alone are no theory. */
  readonly isAside?: boolean;
  /** @returns null if none of the sweep's runs is about it */
  examine(evidence: Evidence): Examination | null;
}
