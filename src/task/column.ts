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

/** A column of a log, or of what a finished task has come to. */
export interface LogColumn extends Column {
  readonly name: string;
  readonly nullable: boolean;
  /** All that a `utf8` column may hold. */
  readonly values?: readonly string[];
}
