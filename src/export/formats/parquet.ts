import type { SchemaElement } from 'hyparquet';
import { ByteWriter, ParquetWriter } from 'hyparquet-writer';
import type { ColumnType } from '../../task/column.js';
import type { ExportColumn } from '../table.js';
import type { Format } from './format.js';

/**
 * Writes Parquet with hyparquet-writer, which is pure JavaScript and encodes one row group at a time into our buffer. parquet-wasm would
 * build the whole file in its memory of at most 4 GiB, and DuckDB is a native library of tens of megabytes.
 */
export const parquet: Format = (columns) => {
  const buffer = new ByteWriter();
  const schema = [
    { name: 'schema', num_children: columns.length } satisfies SchemaElement,
    ...columns.flatMap(elementsOf),
  ];
  const writer = new ParquetWriter({ writer: buffer, schema, createdBy: 'vae-sweep' });
  const take = (): Uint8Array => {
    const bytes = Uint8Array.from(buffer.getBytes());
    // The position in the file is kept separately, in `offset`.
    buffer.index = 0;
    return bytes;
  };
  return {
    encode: ({ rows, columns: values }) => {
      const columnData = columns.map(({ name, type }, index) => ({
        name,
        data: values[index] as unknown[],
        // Measured numbers hardly repeat, so searching for repetitions would only take time.
        ...(isMeasured(type, values[index]) && { encoding: 'PLAIN' as const }),
      }));
      void writer.write({ columnData, rowGroupSize: rows });
      return take();
    },
    finish: () => {
      void writer.finish();
      return take();
    },
  };
};

function isMeasured(type: ColumnType, values: unknown): boolean {
  return type !== 'utf8' && type !== 'bool' && ArrayBuffer.isView(values);
}

const PHYSICAL = { int32: 'INT32', float32: 'FLOAT', float64: 'DOUBLE', bool: 'BOOLEAN' } as const;

/** Returns a column's elements in Parquet's schema. A list has three levels. */
function elementsOf({ name, type, nullable }: ExportColumn): SchemaElement[] {
  const repetition_type = nullable ? 'OPTIONAL' : 'REQUIRED';
  switch (type) {
    case 'utf8':
      return [{ name, type: 'BYTE_ARRAY', converted_type: 'UTF8', repetition_type }];
    case 'list<int32>':
    case 'list<float64>':
      return [
        { name, repetition_type, num_children: 1, converted_type: 'LIST' },
        { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
        { name: 'element', type: type === 'list<int32>' ? 'INT32' : 'DOUBLE', repetition_type: 'REQUIRED' },
      ];
    default:
      return [{ name, type: PHYSICAL[type], repetition_type }];
  }
}
