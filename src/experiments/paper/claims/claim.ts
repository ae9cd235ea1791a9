import type { TrainingRuns } from '../../vae/runs.js';

/** A claim that the text of the paper makes about its experiments. */
export interface Claim extends ClaimText {
  /** Judges the claim by the tasks of a sweep. @returns null if the sweep has no task that the claim is about */
  judge(parts: readonly TrainingRuns[]): Verdict | null;
}

export interface ClaimText {
  readonly name: string;
  /** The claim of the paper. */
  readonly statement: string;
  /** The section, table or figure with the claim. */
  readonly source: string;
  /** The tested condition, with its threshold. */
  readonly test: string;
}

export type Outcome =
  | 'holds'
  | 'does not hold'
  | 'not judged: not enough tasks'
  | 'not judged: too few steps'
  | 'not judged: too few evaluations';

export interface Verdict {
  readonly claim: ClaimText;
  readonly outcome: Outcome;
  /** For example `51 of 54 tasks agree; values from 0.001 to 0.2`. */
  readonly detail: string;
  /** The tasks that disagree, for example `sphere 4-21-16, seed 69: 0 (collapsed)`. */
  readonly exceptions: readonly string[];
  readonly agreeing: number;
  readonly finished: number;
  readonly requested: number;
}
