import {
  AsyncByteQueue,
  BufferType,
  Data,
  Float32,
  Float64,
  Int32,
  List,
  makeData,
  MetadataVersion,
  RecordBatch,
  RecordBatchFileWriter,
  RecordBatchStreamWriter,
  Struct,
  type DataType,
  type Schema,
} from 'apache-arrow';
import { MAGIC } from 'apache-arrow/ipc/message';
import { FileBlock, Footer } from 'apache-arrow/ipc/metadata/file';
import { readStream } from './stream-blocks.js';

/** The values of a column, in the form that its type needs. */
export type ColumnValues = readonly unknown[] | Float32Array | Float64Array | Int32Array;

/** Returns a record batch. The columns are in the schema's order and have the same length. */
export function recordBatch(schema: Schema, columns: readonly ColumnValues[]): RecordBatch {
  const children = schema.fields.map((field, index) =>
    columnData(columns[index] ?? [], field.type as DataType, field.name),
  );
  return batchOf(schema, columns[0]?.length ?? 0, children);
}

/** Returns a record batch of columns in Arrow's representation. */
export function batchOf(schema: Schema, length: number, children: Data[]): RecordBatch {
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }),
  );
}

/** Returns the values in Arrow's representation. Creating Arrow's own builders for each batch of one row was too slow. */
export function columnData(values: ColumnValues, type: DataType, name: string): Data {
  if (type instanceof Float64 || type instanceof Float32 || type instanceof Int32)
    return numberData(values, type);
  if (type instanceof List) return listData(values, type, name);
  throw new Error(`The column ${name} has a type that logs do not have.`);
}

function numberData(values: ColumnValues, type: Float64 | Float32 | Int32): Data {
  const { length } = values;
  if (values instanceof type.ArrayType) return new Data(type, 0, length, 0, { [BufferType.DATA]: values });
  const data = new type.ArrayType(length);
  values.forEach((value, row) => {
    if (typeof value === 'number') data[row] = value;
  });
  return new Data(type, 0, length, countNulls(values), {
    [BufferType.DATA]: data,
    [BufferType.VALIDITY]: validityOf(values),
  });
}

function listData(values: ColumnValues, type: List, name: string): Data {
  const lists = Array.from(values, (value) => (Array.isArray(value) ? (value as unknown[]) : []));
  const offsets = new Int32Array(lists.length + 1);
  lists.forEach((list, row) => {
    offsets[row + 1] = (offsets[row] ?? 0) + list.length;
  });
  const items = columnData(lists.flat(), type.valueType as DataType, name);
  return new Data(
    type,
    0,
    lists.length,
    countNulls(values),
    { [BufferType.OFFSET]: offsets, [BufferType.VALIDITY]: validityOf(values) },
    [items],
  );
}

function countNulls(values: ColumnValues): number {
  return Array.from<unknown>(values).filter((value) => value === null).length;
}

/** Returns one bit per row, which is 1 where there is a value. */
function validityOf(values: ColumnValues): Uint8Array {
  const bits = new Uint8Array(Math.ceil(values.length / 8));
  values.forEach((value, row) => {
    if (value !== null) bits[row >> 3] = (bits[row >> 3] ?? 0) | (1 << (row & 7));
  });
  return bits;
}

/** Encodes a stream in pieces: its head, then batch by batch. It omits the end mark, because the file may always grow. */
export class StreamEncoder {
  /** The bytes before the first batch. */
  readonly head: Uint8Array;
  readonly #schema: Schema;
  readonly #sink = new PieceSink();
  readonly #writer = new RecordBatchStreamWriter();

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#writer.reset(this.#sink, schema);
    this.head = this.#sink.take();
  }

  /** Returns the bytes of a batch. */
  encode(columns: readonly ColumnValues[]): Uint8Array {
    this.#writer.write(recordBatch(this.#schema, columns));
    return this.#sink.take();
  }
}

/** Collects the output of Arrow's writer until it is taken. Arrow's own queue would keep everything ever written. */
export class PieceSink extends AsyncByteQueue {
  #pieces: Uint8Array[] = [];

  override write(piece: Uint8Array): void {
    this.#pieces.push(piece);
  }

  take(): Uint8Array {
    const taken = Buffer.concat(this.#pieces);
    this.#pieces = [];
    return taken;
  }
}

/** Converts a stream without an end mark to the file format, which has the same messages followed by their offsets. */
export function streamToFile(stream: Uint8Array): Uint8Array {
  const { schema, blocks } = readStream(stream);
  const fileBlocks = blocks.map(
    ({ start, metadataLength, bodyLength }) =>
      new FileBlock(metadataLength, bodyLength, PADDED_MAGIC.length + start),
  );
  const footer = Footer.encode(new Footer(schema, MetadataVersion.V5, fileBlocks, []));
  const footerBytes = Buffer.from(Int32Array.of(footer.length).buffer);
  const endMark = Buffer.from(Int32Array.of(-1, 0).buffer);
  return Buffer.concat([PADDED_MAGIC, stream, endMark, footer, footerBytes, MAGIC]);
}

/** The magic bytes padded to the alignment of eight bytes. */
const PADDED_MAGIC = Buffer.concat([MAGIC], 8);

/** Returns a file with a single batch. */
export function batchToFile(batch: RecordBatch): Uint8Array {
  return new RecordBatchFileWriter().writeAll([batch]).toUint8Array(true);
}
