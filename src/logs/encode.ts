import {
  AsyncByteQueue,
  Float32,
  Int32,
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
    const values = columns[index] ?? [];
    const data = plainNumbers(values, field.type as DataType);
    if (data !== null) return data;
    const vector = vectorFromArray([...values], field.type) as Vector<DataType>;
    const [built] = vector.data;
    if (built === undefined) throw new Error(`The column ${field.name} has no values.`);
    return built;
  });
  const length = columns[0]?.length ?? 0;
  return new RecordBatch(
    schema,
    makeData({ type: new Struct(schema.fields), length, nullCount: 0, children }),
  );
}

/** Numbers as they lie in memory, if they are of the column's type: a builder would take them one by one. */
function plainNumbers(values: ColumnValues, type: DataType): Data | null {
  const whole = { length: values.length, nullCount: 0 };
  if (values instanceof Float32Array && type instanceof Float32)
    return makeData({ ...whole, type, data: values });
  if (values instanceof Int32Array && type instanceof Int32)
    return makeData({ ...whole, type, data: values });
  return null;
}

/** Encodes a stream in pieces: its head, then batch by batch. The end mark is left out, since a file may always grow. */
export class StreamEncoder {
  /** What a stream starts with, before its first batch. */
  readonly head: Uint8Array;
  readonly #schema: Schema;
  readonly #sink = new PieceSink();
  readonly #writer = new RecordBatchStreamWriter();

  constructor(schema: Schema) {
    this.#schema = schema;
    this.#writer.reset(this.#sink, schema);
    this.head = this.#sink.take();
  }

  /** The bytes that a batch adds. */
  encode(columns: readonly ColumnValues[]): Uint8Array {
    this.#writer.write(recordBatch(this.#schema, columns));
    return this.#sink.take();
  }
}

/** Where Arrow's writer puts bytes, to be taken at once: its own queue keeps all that were ever written. */
class PieceSink extends AsyncByteQueue {
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

/** A stream without end mark, as the file format has it. */
export function streamToFile(stream: Uint8Array): Uint8Array {
  return new RecordBatchFileWriter().writeAll([...RecordBatchReader.from(stream)]).toUint8Array(true);
}

/** One batch as a whole file. */
export function batchToFile(batch: RecordBatch): Uint8Array {
  return new RecordBatchFileWriter().writeAll([batch]).toUint8Array(true);
}
