/** What a column of an export holds. Lists are of numbers. */
export type ColumnType = 'int32' | 'float32' | 'float64' | 'bool' | 'utf8' | 'list<int32>' | 'list<float64>';

/** How a stored value is shown in a table for other programs. */
export interface Column {
  readonly type: ColumnType;
  readonly unit: string;
  readonly description: string;
}
