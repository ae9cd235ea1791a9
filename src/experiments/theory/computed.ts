import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../errors.js';
import { readLog, readNumbers, valueAt } from '../../logs/read.js';
import { readJsonFile } from '../../store/files.js';
import { TASK_FILES, taskFolder, verifyTask } from '../../store/task-folder.js';
import { problemOf } from '../../store/task-states.js';
import type { StateName } from '../../task/states.js';
import { quantities, type ColumnOf, type ComputedKind, type MeasureOf } from './computations/quantities.js';

/** What a computation's `verdict.json` holds. */
export const verdictSchema = z.object({
  outcome: z.string(),
  complete: z.boolean(),
  holds: z.boolean(),
  measures: z.record(z.string(), z.number().nullable()),
  statement: z.string(),
});

/** What of a task tells that it computes a statement of the paper, and where its results are. */
export interface ComputedTask {
  readonly id: string;
  readonly name: string;
  readonly settings: { readonly kind: string };
}

/** A finished computation. */
export interface ComputedRun<Measure extends string = string, Column extends string = string> {
  readonly id: string;
  readonly name: string;
  readonly settings: ComputedSettings;
  readonly verdict: ComputedVerdict<Measure>;
  /** Read anew at every call, so that not all runs' rows are in memory. */
  rows(): ComputedRows<Column>;
}

export type ComputedSettings = Readonly<Record<string, unknown>> & { readonly kind: string };

export interface ComputedVerdict<Measure extends string = string> {
  readonly outcome: string;
  /** Whether it got as far as it was meant to; else `holds` speaks of the way there only. */
  readonly complete: boolean;
  readonly holds: boolean;
  /** Null where not defined. */
  readonly measures: Readonly<Partial<Record<Measure, number | null>>>;
  /** What was tested, in the words of the program that tested it. */
  readonly statement: string;
}

export interface ComputedRows<Column extends string = string> {
  readonly length: number;
  /** NaN where not defined. */
  column(name: Column): readonly number[];
}

/** A finished computation of a kind, whose measures and columns are known. */
export type RunOf<Kind extends ComputedKind> = ComputedRun<MeasureOf<Kind>, ColumnOf<Kind>>;

/** A computation that has no result yet, or none that can be trusted. */
export interface MissingComputation<T extends ComputedTask = ComputedTask> {
  readonly task: T;
  readonly state: Exclude<StateName, 'done'>;
  readonly reason: string;
}

export interface ComputedRuns<T extends ComputedTask = ComputedTask> {
  /** In the order of the tasks. */
  readonly runs: readonly ComputedRun[];
  readonly missing: readonly MissingComputation<T>[];
}

/** What there is of the computations among the tasks; training runs are passed over. */
export function readComputedRuns<T extends ComputedTask>(
  outDir: string,
  tasks: readonly T[],
): ComputedRuns<T> {
  const read = tasks
    .filter(({ settings }) => Object.hasOwn(quantities, settings.kind))
    .map((task) => readComputedRun(outDir, task));
  return {
    runs: read.filter((run): run is ComputedRun => 'verdict' in run),
    missing: read.filter((run): run is MissingComputation<T> => 'reason' in run),
  };
}

export function isOfKind<Kind extends ComputedKind>(run: ComputedRun, kind: Kind): run is RunOf<Kind> {
  return run.settings.kind === kind;
}

function readComputedRun<T extends ComputedTask>(
  outDir: string,
  task: T,
): ComputedRun | MissingComputation<T> {
  const folder = taskFolder(outDir, task);
  const state = verifyTask(folder, task.id);
  if (state.state !== 'done') return { task, state: state.state, reason: problemOf(state) ?? 'not finished' };
  const corrupt = (reason: string): MissingComputation<T> => ({ task, state: 'corrupt', reason });
  const verdict = readJsonFile(path.join(folder, TASK_FILES.verdict), verdictSchema);
  if (!verdict.found) return corrupt(verdict.problem ?? `${TASK_FILES.verdict} is missing`);
  const rows = () => readRows(path.join(folder, TASK_FILES.rows), task);
  try {
    rows();
  } catch (error) {
    if (error instanceof StoreError) return corrupt(error.message);
    throw error;
  }
  const { id, name, settings } = task;
  return { id, name, settings: { ...settings }, verdict: verdict.value, rows };
}

/** Throws a StoreError for a file that is broken or lacks a column of the task's kind. */
function readRows(file: string, { settings: { kind } }: ComputedTask): ComputedRows {
  const table = readLog(file);
  for (const name of Object.keys(quantities[kind as ComputedKind].columns)) readNumbers(table, name);
  return {
    length: table.numRows,
    column: (name) =>
      Array.from({ length: table.numRows }, (_, row) => {
        const value = valueAt(table, name, row);
        return typeof value === 'number' ? value : NaN;
      }),
  };
}
