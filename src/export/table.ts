import type { ColumnValues } from '../logs/encode.js';
import type { Column } from '../task/column.js';
import type { ExperimentDetails } from '../task/experiment.js';
import type { StateName } from '../task/states.js';
import type { Task } from '../task/task.js';

export interface ExportColumn extends Column {
  readonly name: string;
  readonly nullable: boolean;
  /** All that a `utf8` column may hold, for formats that keep a dictionary; empty for other types. */
  readonly values: readonly string[];
}

/** Rows of an export: the columns in its order, all of one length. */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly ColumnValues[];
}

/** A task as an export finds it. */
export interface ExportTask {
  readonly task: Task;
  readonly folder: string;
  readonly state: StateName;
}

/** What the task's experiment logs. */
export type DetailsOf = (task: Task) => ExperimentDetails;

/** What the rows of an export are. */
export interface RowKind {
  /** Whether the task has such rows. */
  appliesTo(task: Task, details: DetailsOf): boolean;
  /** Why a sweep may have none, as `no task that trains`. */
  readonly missing: string;
  /** Whether a task that is not done has rows that are left out unless they are asked for. */
  readonly hasUnfinishedRows: boolean;
  /** @param tasks those it applies to, at least one */
  columns(tasks: readonly Task[], details: DetailsOf): readonly ExportColumn[];
  /** The task's rows, in bounded pieces. @param columns what `columns` gave */
  batches(task: ExportTask, columns: readonly ExportColumn[], details: DetailsOf): Iterable<Batch>;
}
