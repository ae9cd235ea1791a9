import { max, min } from 'simple-statistics';
import type { ComputedKind, MeasureOf } from '../../theory/computations/quantities.js';
import type { ComputedSettings, RunOf } from './computed.js';
import { formatNumber, MISSING } from '../../../report/tables/format.js';

/** A number of each task, and how the numbers of several tasks are combined. It is a measure, or computed from several measures. */
export type Measured<Kind extends ComputedKind> = MeasuredWords &
  (
    | { readonly name: MeasureOf<Kind>; readonly of?: undefined }
    | { readonly name: string; readonly of: NumberOf<Kind> }
  );

type NumberOf<Kind extends ComputedKind> = (
  measures: RunOf<Kind>['verdict']['measures'],
  settings: ComputedSettings,
) => number | null | undefined;

interface MeasuredWords {
  /** Name of the field in records. */
  readonly name: string;
  /** Heading of the column, in ASCII for LaTeX. */
  readonly head: string;
  readonly show: 'smallest' | 'largest' | 'range';
  /** Whether the verdict names the number and the task that has it. Default: false. */
  readonly isInVerdict?: boolean;
}

export interface RunValue<Kind extends ComputedKind> {
  readonly run: RunOf<Kind>;
  readonly value: number;
}

/** Returns the values of the tasks for which the number is defined. */
export function valuesOf<Kind extends ComputedKind>(
  measured: Measured<Kind>,
  runs: readonly RunOf<Kind>[],
): RunValue<Kind>[] {
  return runs.flatMap((run) => {
    const { measures } = run.verdict;
    const value = measured.of === undefined ? measures[measured.name] : measured.of(measures, run.settings);
    return typeof value === 'number' && !Number.isNaN(value) ? [{ run, value }] : [];
  });
}

/** Returns the task with the worst value; undefined if no task has the number. */
export function extreme<Kind extends ComputedKind>(
  measured: Measured<Kind>,
  runs: readonly RunOf<Kind>[],
): RunValue<Kind> | undefined {
  const values = valuesOf(measured, runs);
  const isWorse = (a: number, b: number) => (measured.show === 'smallest' ? a < b : a > b);
  return values.reduce<RunValue<Kind> | undefined>(
    (worst, next) => (worst === undefined || isWorse(next.value, worst.value) ? next : worst),
    undefined,
  );
}

/** Returns the combined number as text, for example `0.2` or `0.2 to 3`. */
export function formatMeasured<Kind extends ComputedKind>(
  measured: Measured<Kind>,
  runs: readonly RunOf<Kind>[],
): string {
  if (measured.show !== 'range') return formatNumber(extreme(measured, runs)?.value ?? null);
  return formatRange(valuesOf(measured, runs).map(({ value }) => value));
}

/** Returns a range as text, for example `0.2 to 3`, or one number if all are the same. */
export function formatRange(values: readonly number[]): string {
  if (values.length === 0) return MISSING;
  const [low, high] = [formatNumber(min([...values])), formatNumber(max([...values]))];
  return low === high ? low : `${low} to ${high}`;
}

/** Returns the fields of a record: the smallest or the largest value, or both. */
export function measuredFields<Kind extends ComputedKind>(
  measured: Measured<Kind>,
  runs: readonly RunOf<Kind>[],
): Record<string, number | null> {
  const { name, show } = measured;
  if (show !== 'range') return { [name]: extreme(measured, runs)?.value ?? null };
  const values = valuesOf(measured, runs).map(({ value }) => value);
  return {
    [`${name}Smallest`]: values.length === 0 ? null : min(values),
    [`${name}Largest`]: values.length === 0 ? null : max(values),
  };
}
