/** Data type of a column in an export. */
export type ColumnType = 'int32' | 'float32' | 'float64' | 'bool' | 'utf8' | 'list<int32>' | 'list<float64>';

/** Returns whether a column has one number per row. */
export function isNumeric({ type }: { readonly type: ColumnType }): boolean {
  return NUMERIC_TYPES.has(type);
}

const NUMERIC_TYPES: ReadonlySet<ColumnType> = new Set(['int32', 'float32', 'float64']);

/** A column of an exported table. */
export interface Column {
  readonly type: ColumnType;
  readonly unit: string;
  readonly description: string;
}

/** A column that exports a field of a task's settings. */
export interface FieldColumn extends Column {
  /** Name of the field. Default: the column's name. */
  readonly of?: string;
  /** Converts the stored value. Default: no conversion. */
  readonly show?: (stored: unknown) => unknown;
}

/** The column for `kind`, a field of every task's settings. */
export const KIND_COLUMN: FieldColumn = {
  type: 'utf8',
  unit: '-',
  description: 'Kind of task, such as `train`, `landscape` or `function`',
};

/** How tables and figures present a numeric column. */
export interface ColumnDisplay {
  /** Title of an axis. Default: the column's name, with its unit if it has one. */
  readonly title?: string;
  /** Title for places with little room, for example in a table head. Default: the title. */
  readonly short?: string;
  /** Whether the values span decades, so that figures use a logarithmic axis. */
  readonly isLog?: boolean;
  /** Whether a linear axis always includes 0. @default true */
  readonly startsAtZero?: boolean;
  /** Name of the step log's column that holds the logarithm of this column, if the step log does not have the column itself. */
  readonly logarithm?: string;
}

/** A column of a log, or of the summary of a finished task. */
export interface LogColumn extends Column, ColumnDisplay {
  readonly name: string;
  readonly nullable: boolean;
  /** All possible values of a `utf8` column. */
  readonly values?: readonly string[];
}

/** Maximum number of rows in `rows.arrow`, which is read into memory: with 13 columns, this many rows take 100 MB. */
export const MAX_ROWS = 1_000_000;
