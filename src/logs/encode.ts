import {
  makeData,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchReader,
  RecordBatchStreamWriter,
  Struct,
  vectorFromArray,
  type Data,
  type DataType,
  type Schema,
  type Vector,
} from 'apache-arrow';

/** Values of a column's rows, as the column's type takes them. */
export type ColumnValues = readonly unknown[] | Float32Array | Int32Array;

/** A record batch; `columns` in the schema's order, all of one length. */
export function recordBatch(schema: Schema, columns: readonly ColumnValues[]): RecordBatch {
  const children = schema.fields.map((field, index): Data => {
    const vector = vectorFromArray([...(columns[index] ?? [])], field.type) as Vector<DataType>;
    const [data] = vector.data;
    if (data === undefined) throw new Error(`The column ${field.name} has no values.`);
    return data;
  });
  const length = columns[0]?.length ?? 0;
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }),
  );
}

/** What a stream starts with, before its first batch. */
export function streamHead(schema: Schema): Uint8Array {
  const writer = new RecordBatchStreamWriter();
  writer.reset(undefined, schema);
  writer.close();
  return withoutEnd(writer.toUint8Array(true));
}

/** The bytes that a batch adds to a stream that has its head. */
export function streamBatch(batch: RecordBatch): Uint8Array {
  const whole = new RecordBatchStreamWriter().writeAll([batch]).toUint8Array(true);
  return withoutEnd(whole).subarray(streamHead(batch.schema).length);
}

/** A stream without end mark, as the file format has it. */
export function streamToFile(stream: Uint8Array): Uint8Array {
  return new RecordBatchFileWriter().writeAll([...RecordBatchReader.from(stream)]).toUint8Array(true);
}

/** One batch as a whole file. */
export function batchToFile(batch: RecordBatch): Uint8Array {
  return new RecordBatchFileWriter().writeAll([batch]).toUint8Array(true);
}

/** Arrow's end of stream: a continuation mark and a length of zero. */
const END_BYTES = 8;

function withoutEnd(stream: Uint8Array): Uint8Array {
  return stream.subarray(0, stream.length - END_BYTES);
}
