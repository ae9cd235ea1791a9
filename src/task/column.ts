/** What a column of an export holds. Lists are of numbers. */
export type ColumnType = 'int32' | 'float32' | 'float64' | 'bool' | 'utf8' | 'list<int32>' | 'list<float64>';

/** How a stored value is shown in a table for other programs. */
export interface Column {
  readonly type: ColumnType;
  readonly unit: string;
  readonly description: string;
}

/** A column that shows a field of a task's settings. */
export interface FieldColumn extends Column {
  /** The field. Default: the one that has the column's name. */
  readonly of?: string;
  /** Default: as it is stored. */
  readonly show?: (stored: unknown) => unknown;
}

/** The column of `kind`, which the settings of every task have. */
export const KIND_COLUMN: FieldColumn = {
  type: 'utf8',
  unit: '-',
  description: 'Kind of task, such as `train`, `landscape` or `function`',
};

/** How people read a column of numbers. */
export interface ColumnWords {
  /** Of an axis. Default: the column's name, and its unit if it has one. */
  readonly title?: string;
  /** Where there is less room, as above a table's column. Default: the title. */
  readonly short?: string;
  /** Whether its values span decades. */
  readonly isLog?: boolean;
  /** Whether 0 is part of a linear axis whatever the values are. Default: it is. */
  readonly startsAtZero?: boolean;
  /** The column of the step log that is its logarithm, where that log has not the column itself. */
  readonly logarithm?: string;
}

/** A column of a log, or of what a finished task has come to. */
export interface LogColumn extends Column, ColumnWords {
  readonly name: string;
  readonly nullable: boolean;
  /** All that a `utf8` column may hold. */
  readonly values?: readonly string[];
}

/** Rows of a task's `rows.arrow`, which is read whole: so many of 13 columns are 100 MB. */
export const MAX_ROWS = 1_000_000;
