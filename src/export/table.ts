import type { ColumnValues } from '../logs/encode.js';
import type { Column } from '../task/column.js';
import type { ExperimentDetails } from '../task/experiment.js';
import type { StateName } from '../task/states.js';
import type { Task } from '../task/task.js';

export interface ExportColumn extends Column {
  readonly name: string;
  readonly nullable: boolean;
  /** All possible values of a `utf8` column, for formats with dictionaries; empty for other types. */
  readonly values: readonly string[];
}

/** Rows of an export. The columns are in the export's order and have the same length. */
export interface Batch {
  readonly rows: number;
  readonly columns: readonly ColumnValues[];
}

/** A task to export. */
export interface ExportTask {
  readonly task: Task;
  readonly folder: string;
  readonly state: StateName;
}

/** Returns the details of a task's experiment. */
export type DetailsOf = (task: Task) => ExperimentDetails;

/** A kind of rows to export. */
export interface RowKind {
  /** Returns whether the task has such rows. */
  appliesTo(task: Task, details: DetailsOf): boolean;
  /** What a sweep without such rows lacks, for example `no task that trains`. */
  readonly missing: string;
  /** Whether tasks that are not done have rows, which are exported only on request. */
  readonly hasUnfinishedRows: boolean;
  /** Returns the columns. @param tasks the tasks that have such rows, at least one */
  columns(tasks: readonly Task[], details: DetailsOf): readonly ExportColumn[];
  /** Yields the task's rows in bounded batches. @param columns the result of `columns` */
  batches(task: ExportTask, columns: readonly ExportColumn[], details: DetailsOf): Iterable<Batch>;
}
