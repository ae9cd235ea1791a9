import { max, min } from 'simple-statistics';
import type { ComputedKind, MeasureOf } from '../../theory/computations/quantities.js';
import type { ComputedSettings, RunOf } from './computed.js';
import { formatNumber, MISSING } from '../../../report/tables/format.js';

/** A number of each run, and how several runs' are shown as one: a measure by its name, or what is made of several. */
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
  /** Field of the records. */
  readonly name: string;
  /** Head of the column, in ASCII: LaTeX prints it. */
  readonly head: string;
  readonly show: 'smallest' | 'largest' | 'range';
  /** Whether the verdict names it with the run that has it. Default: false. */
  readonly isInVerdict?: boolean;
}

export interface RunValue<Kind extends ComputedKind> {
  readonly run: RunOf<Kind>;
  readonly value: number;
}

/** Of the runs where it is defined. */
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

/** The run that decides; undefined if no run has the number. */
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

/** As `0.2`, or `0.2 to 3`. */
export function formatMeasured<Kind extends ComputedKind>(
  measured: Measured<Kind>,
  runs: readonly RunOf<Kind>[],
): string {
  if (measured.show !== 'range') return formatNumber(extreme(measured, runs)?.value ?? null);
  return formatRange(valuesOf(measured, runs).map(({ value }) => value));
}

/** As `0.2 to 3`; one number if all are the same. */
export function formatRange(values: readonly number[]): string {
  if (values.length === 0) return MISSING;
  const [low, high] = [formatNumber(min([...values])), formatNumber(max([...values]))];
  return low === high ? low : `${low} to ${high}`;
}

/** Fields of a record: the smallest or the largest, or both. */
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
