import { DataType, Precision, type Field, type Schema } from 'apache-arrow';
import type { ColumnType } from '../task/column.js';
import type { ExportColumn } from './table.js';

/** The columns of a log as an export has them. */
export function logColumns({ fields }: Schema): ExportColumn[] {
  return fields.map((field) => ({
    name: field.name,
    type: typeOf(field.type as DataType),
    nullable: field.nullable,
    unit: metadataOf(field, 'unit'),
    description: metadataOf(field, 'description'),
    values: [],
  }));
}

function typeOf(type: DataType): ColumnType {
  if (DataType.isInt(type)) return 'int32';
  if (DataType.isFloat(type)) return type.precision === Precision.SINGLE ? 'float32' : 'float64';
  if (DataType.isList(type)) return 'list<float64>';
  throw new Error('A log has a column of a type that exports lack.');
}

function metadataOf({ metadata }: Field, key: string): string {
  return metadata.get(key) ?? '';
}
