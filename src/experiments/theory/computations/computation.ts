import type { Verdict as RowsVerdict } from '../../../forms/rows.js';

/** The numbers of a row or a verdict, by name; NaN if a number is not defined. */
export type Numbers<Name extends string = string> = Readonly<Record<Name, number>>;

/** The result of a computation. `holds` is true if the computed numbers agree with the statement, as far as the computation got. */
export interface Verdict<
  Outcome extends string = string,
  Measure extends string = string,
> extends RowsVerdict {
  readonly outcome: Outcome;
  readonly measures: Numbers<Measure>;
}

/**
 * A statement of the paper that can be checked by a computation. The results are a function of the settings, which include the seed.
 * `run` yields rows and returns the verdict. It can be closed between any two rows, and does not keep rows in memory.
 */
export interface Computation<
  Settings extends { readonly kind: string } = { readonly kind: string },
  Column extends string = string,
  Measure extends string = string,
  Outcome extends string = string,
> {
  /** The number of the statement and its content, in one sentence. */
  readonly statement: string;
  run(settings: Settings): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined>;
}
