import type { z } from 'zod';
import type { Quantity } from './quantity.js';

/** What one row holds, or a verdict: a number for each name. NaN where it is not defined. */
export type Numbers<Name extends string = string> = Readonly<Record<Name, number>>;

/** What came of a computation. */
export interface Verdict<Outcome extends string = string, Measure extends string = string> {
  readonly outcome: Outcome;
  /** Whether it got as far as it was meant to, so that `holds` speaks of all of it. */
  readonly complete: boolean;
  /** Whether what was computed agrees with the paper's statement; of an incomplete one, as far as it got. */
  readonly holds: boolean;
  readonly measures: Numbers<Measure>;
}

/** Settings that are each allowed, but not together. */
export interface SettingProblem {
  /** The settings it follows from, the likeliest to be mended first. */
  readonly settings: readonly string[];
  readonly message: string;
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
  readonly kind: Settings['kind'];
  /** The statement's number and what it says, a sentence. */
  readonly statement: string;
  /** The settings' values, descriptions and defaults. */
  readonly schema: z.ZodType<Settings>;
  /** The columns of a row, in this order. */
  readonly columns: Readonly<Record<Column, Quantity>>;
  readonly measures: Readonly<Record<Measure, Quantity>>;
  /** Each outcome and what it means. */
  readonly outcomes: Readonly<Record<Outcome, string>>;
  /** Why settings that the schema admits can't be computed; empty if they can. */
  problems(settings: Settings): SettingProblem[];
  run(settings: Settings): Generator<Numbers<Column>, Verdict<Outcome, Measure>, undefined>;
}
