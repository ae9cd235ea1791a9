import { valueAt } from '../../../logs/read.js';
import { finalNumber, type MissingRun, type PartRuns, type Run } from '../../../report/runs.js';
import {
  quantities,
  type ColumnOf,
  type ComputedKind,
  type MeasureOf,
} from '../../theory/computations/quantities.js';

/** A finished computation. */
export interface ComputedRun<Measure extends string = string, Column extends string = string> {
  readonly id: string;
  readonly name: string;
  readonly settings: ComputedSettings;
  readonly verdict: ComputedVerdict<Measure>;
  /** Reads the rows. They are not cached, so that the rows of all tasks are never in memory at once. */
  rows(): ComputedRows<Column>;
}

export type ComputedSettings = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface ComputedVerdict<Measure extends string = string> {
  readonly outcome: string;
  /** Whether the computation covered its whole range. If not, `holds` applies only to the covered part. */
  readonly complete: boolean;
  readonly holds: boolean;
  /** The measures; null if a measure is not defined. */
  readonly measures: Readonly<Partial<Record<Measure, number | null>>>;
}

export interface ComputedRows<Column extends string = string> {
  readonly length: number;
  /** Returns the values of a column; NaN if a value is not defined. */
  column(name: Column): readonly number[];
}

/** A finished computation of a known kind, with typed measures and columns. */
export type RunOf<Kind extends ComputedKind> = ComputedRun<MeasureOf<Kind>, ColumnOf<Kind>>;

export interface ComputedRuns {
  /** The finished computations in the order of the tasks, without duplicates. */
  readonly runs: readonly ComputedRun[];
  readonly missing: readonly MissingRun[];
}

export const computedKinds: readonly string[] = Object.keys(quantities);

/** Returns the computations among the finished tasks. */
export function computedRuns(parts: readonly Pick<PartRuns, 'runs' | 'missing'>[]): ComputedRuns {
  return {
    runs: computations(parts.flatMap(({ runs }) => runs)).map(toComputed),
    missing: computations(parts.flatMap(({ missing }) => missing)),
  };
}

export function isOfKind<Kind extends ComputedKind>(run: ComputedRun, kind: Kind): run is RunOf<Kind> {
  return run.settings.kind === kind;
}

function computations<T extends Run | MissingRun>(all: readonly T[]): T[] {
  const own = all.filter(({ task }) => computedKinds.includes(task.settings.kind));
  return [...new Map(own.map((run) => [run.task.id, run])).values()];
}

function toComputed(run: Run): ComputedRun {
  const { task, summary } = run;
  const measures = Object.keys(quantities[task.settings.kind as ComputedKind].measures);
  return {
    id: task.id,
    name: task.name,
    settings: { ...task.settings },
    verdict: {
      outcome: String(summary.get('outcome')),
      complete: summary.get('complete') === true,
      holds: summary.get('holds') === true,
      measures: Object.fromEntries(measures.map((name) => [name, finalNumber(run, name)])),
    },
    rows: () => rowsOf(run),
  };
}

function rowsOf(run: Run): ComputedRows {
  const table = run.rows();
  const length = table?.numRows ?? 0;
  return {
    length,
    column: (name) =>
      Array.from({ length }, (_, row) => {
        const value = table && valueAt(table, name, row);
        return typeof value === 'number' ? value : NaN;
      }),
  };
}
