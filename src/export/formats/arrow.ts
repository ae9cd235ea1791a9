import {
  Bool,
  Dictionary,
  Field,
  Float32,
  Float64,
  Int32,
  List,
  RecordBatchFileWriter,
  Schema,
  Utf8,
  vectorFromArray,
  Data,
  type DataType,
} from 'apache-arrow';
import { batchOf, columnData, PieceSink, type ColumnValues } from '../../logs/encode.js';
import type { ColumnType } from '../../task/column.js';
import type { ExportColumn } from '../table.js';
import type { Format } from './format.js';

const TYPES: Readonly<Record<Exclude<ColumnType, 'utf8'>, () => DataType>> = {
  int32: () => new Int32(),
  float32: () => new Float32(),
  float64: () => new Float64(),
  bool: () => new Bool(),
  'list<int32>': () => new List(new Field('item', new Int32(), false)),
  'list<float64>': () => new List(new Field('item', new Float64(), false)),
};

/** Writes Arrow's file format. Texts are dictionary-encoded, with each dictionary written once, before the first batch. */
export const arrow: Format = (columns) => {
  const encoders = columns.map(encoderOf);
  const fields = columns.map(({ name, nullable, unit, description }, index) => {
    const metadata = new Map(Object.entries({ unit, description }));
    return new Field(name, encoders[index]?.type ?? new Float64(), nullable, metadata);
  });
  const schema = new Schema(fields);
  const sink = new PieceSink();
  const writer = new RecordBatchFileWriter();
  writer.reset(sink, schema);
  return {
    encode: ({ rows, columns: values }) => {
      const children = encoders.map(({ encode }, index) => encode(values[index] ?? []));
      writer.write(batchOf(schema, rows, children));
      return sink.take();
    },
    finish: () => {
      writer.finish();
      return sink.take();
    },
  };
};

interface ColumnEncoder {
  readonly type: DataType;
  readonly encode: (values: ColumnValues) => Data;
}

function encoderOf({ name, type, values: words }: ExportColumn, id: number): ColumnEncoder {
  if (type === 'utf8') return dictionaryEncoder(words, id);
  const arrowType = TYPES[type]();
  return {
    type: arrowType,
    encode: (values) =>
      type === 'bool'
        ? (vectorFromArray(Array.from(values), new Bool()).data[0] as Data)
        : columnData(values, arrowType, name),
  };
}

function dictionaryEncoder(words: readonly string[], id: number): ColumnEncoder {
  const type = new Dictionary(new Utf8(), new Int32(), id);
  const dictionary = vectorFromArray(words, new Utf8());
  const indexOf = new Map<unknown, number>(words.map((word, index) => [word, index]));
  return {
    type,
    encode: (values) => {
      const indices = Array.from(values, (value) => indexOf.get(value) ?? null);
      const { nullCount, buffers } = columnData(indices, new Int32(), '');
      return new Data(type, 0, indices.length, nullCount, buffers, [], dictionary);
    },
  };
}
