import type { Verdict as RowsVerdict } from '../../../forms/rows.js';

/** What one row holds, or a verdict: a number for each name. NaN where it is not defined. */
export type Numbers<Name extends string = string> = Readonly<Record<Name, number>>;

/** What came of a computation. Its statement holds where what was computed agrees with it; of an incomplete one, as far as it got. */
export interface Verdict<
  Outcome extends string = string,
  Measure extends string = string,
> extends RowsVerdict {
  readonly outcome: Outcome;
  readonly measures: Numbers<Measure>;
}

/**
 * A statement of the paper that can be run. All that comes out is a function of the settings: the seed is one of them. `run`
 * yields rows as it goes and returns the verdict; it can be left between any two rows, and keeps no rows.
 */
export interface Computation<
  Settings extends { readonly kind: string } = { readonly kind: string },
  Column extends string = string,
  Measure extends string = string,
  Outcome extends string = string,
> {
  /** The statement's number and what it says, a sentence. */
  readonly statement: string;
  run(settings: Settings): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined>;
}
