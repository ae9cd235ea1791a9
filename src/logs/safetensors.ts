import { endianness } from 'node:os';

/** A named array of a safetensors file (https://github.com/huggingface/safetensors). */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Int32Array;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

const LENGTH_BYTES = 8;
const ALIGNMENT_BYTES = 8;
const ELEMENT_BYTES = 4;

/** The header's length (8 bytes, little-endian), the header as JSON padded with spaces, the arrays one after another. */
export function encodeSafetensors(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly NamedTensor[],
): Uint8Array {
  if (endianness() !== 'LE') throw new Error('safetensors files are written on little-endian machines only.');
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = offset;
    offset += values.byteLength;
    return [
      name,
      { dtype: values instanceof Int32Array ? 'I32' : 'F32', shape, data_offsets: [begin, offset] },
    ] as const;
  });
  const json = JSON.stringify({ __metadata__: metadata, ...Object.fromEntries(entries) });
  const bytes = Buffer.byteLength(json);
  const header = Buffer.from(
    json + ' '.repeat((ALIGNMENT_BYTES - (bytes % ALIGNMENT_BYTES)) % ALIGNMENT_BYTES),
  );
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeBigUInt64LE(BigInt(header.length));
  const arrays = tensors.map(({ values }) =>
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  );
  return Buffer.concat([length, header, ...arrays]);
}

/** @throws if the bytes are not whole */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const buffer = Buffer.from(bytes);
  const headerBytes = Number(buffer.readBigUInt64LE());
  const header = JSON.parse(buffer.toString('utf8', LENGTH_BYTES, LENGTH_BYTES + headerBytes)) as Record<
    string,
    unknown
  >;
  const { __metadata__: metadata = {}, ...entries } = header;
  const data = buffer.subarray(LENGTH_BYTES + headerBytes);
  const tensors = Object.entries(entries).map(
    ([name, entry]) => [name, decodeTensor(name, entry as Entry, data)] as const,
  );
  return { metadata: metadata as Record<string, string>, tensors: new Map(tensors) };
}

interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  readonly data_offsets: readonly [number, number];
}

function decodeTensor(name: string, { dtype, shape, data_offsets }: Entry, data: Buffer): NamedTensor {
  const [begin, end] = data_offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  if (end > data.length || end - begin !== count * ELEMENT_BYTES)
    throw new Error(`The array ${name} is cut short.`);
  const copy = Uint8Array.from(data.subarray(begin, end)).buffer;
  if (dtype === 'I32') return { name, shape, values: new Int32Array(copy) };
  if (dtype === 'F32') return { name, shape, values: new Float32Array(copy) };
  throw new Error(`The array ${name} has the type ${dtype}; only F32 and I32 are known.`);
}
