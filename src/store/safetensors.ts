import { readFileSync, readSync } from 'node:fs';
import { endianness } from 'node:os';
import { z } from 'zod';
import { StoreError } from '../errors.js';

/** A named array of a safetensors file (https://github.com/huggingface/safetensors). */
export interface NamedTensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly values: Float32Array | Float64Array | Int32Array;
}

export interface SafetensorsFile {
  readonly metadata: Readonly<Record<string, string>>;
  readonly tensors: ReadonlyMap<string, NamedTensor>;
}

const LENGTH_BYTES = 8;
const ALIGNMENT_BYTES = 8;
const ARRAYS = { F32: Float32Array, F64: Float64Array, I32: Int32Array } as const;
/** The limit of the format. */
const MAX_HEADER_BYTES = 100_000_000;

/**
 * Encodes a safetensors file: the length of the header (8 bytes, little-endian), the header as JSON padded with spaces, and the arrays
 * one after another.
 */
export function encodeSafetensors(
  metadata: Readonly<Record<string, string>>,
  tensors: readonly NamedTensor[],
): Uint8Array {
  if (endianness() !== 'LE')
    throw new Error('safetensors files can be written on little-endian machines only.');
  let offset = 0;
  const entries = tensors.map(({ name, shape, values }) => {
    const begin = offset;
    offset += values.byteLength;
    return [name, { dtype: dtypeOf(values), shape, data_offsets: [begin, offset] }] as const;
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

const offset = z.int().min(0);
const entrySchema = z.object({
  dtype: z.enum(['F32', 'F64', 'I32']),
  shape: z.array(offset),
  data_offsets: z.tuple([offset, offset]),
});
const headerSchema = z
  .object({ __metadata__: z.record(z.string(), z.string()).default({}) })
  .catchall(entrySchema);

/** Reads a safetensors file with the data types that this project uses. */
export function readSafetensors(file: string): SafetensorsFile {
  try {
    return decodeSafetensors(readFileSync(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new StoreError(
      `${file} is not a valid safetensors file (${reason}): train its task again with --retrain-corrupt`,
      { cause: error },
    );
  }
}

/** Decodes a safetensors file. @throws if the bytes are truncated, or the arrays are not contiguous */
export function decodeSafetensors(bytes: Uint8Array): SafetensorsFile {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const dataStart = LENGTH_BYTES + Number(buffer.readBigUInt64LE());
  if (dataStart > buffer.length) throw new Error('it is truncated');
  const header = headerSchema.safeParse(JSON.parse(buffer.toString('utf8', LENGTH_BYTES, dataStart)));
  if (!header.success) throw new Error('its header is invalid');
  const { __metadata__: metadata, ...entries } = header.data;
  const data = buffer.subarray(dataStart);
  checkOffsets(Object.values(entries), data.length);
  const tensors = Object.entries(entries).map(
    ([name, entry]) => [name, decodeTensor(name, entry, data)] as const,
  );
  return { metadata, tensors: new Map(tensors) };
}

/**
 * Reads only the header of a file, which may be large: its metadata and the length that the file should have.
 * @returns null if the file ends within its header
 * @throws if the header is invalid
 */
export function readSafetensorsHead(
  descriptor: number,
  fileBytes: number,
): { readonly metadata: Readonly<Record<string, string>>; readonly fileBytes: number } | null {
  const headerBytes = Number(readBytes(descriptor, 0, LENGTH_BYTES).readBigUInt64LE());
  if (headerBytes > Math.min(fileBytes, MAX_HEADER_BYTES)) return null;
  const text = readBytes(descriptor, LENGTH_BYTES, headerBytes).toString('utf8');
  const { __metadata__: metadata, ...entries } = headerSchema.parse(JSON.parse(text));
  const dataBytes = Math.max(0, ...Object.values(entries).map(({ data_offsets }) => data_offsets[1]));
  return { metadata, fileBytes: LENGTH_BYTES + headerBytes + dataBytes };
}

function readBytes(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(descriptor, bytes, 0, length, position);
  return bytes;
}

type Entry = z.infer<typeof entrySchema>;

/** Checks that the arrays are contiguous. Overlapping arrays could take many times the file's size in memory. */
function checkOffsets(entries: readonly Entry[], dataBytes: number): void {
  let end = 0;
  for (const { data_offsets } of [...entries].sort((a, b) => a.data_offsets[1] - b.data_offsets[1])) {
    if (data_offsets[0] !== end || data_offsets[1] < end) throw new Error('its arrays overlap or leave gaps');
    end = data_offsets[1];
  }
  if (end !== dataBytes) throw new Error(`its arrays have ${dataBytes} instead of ${end} bytes`);
}

function decodeTensor(name: string, { dtype, shape, data_offsets }: Entry, data: Buffer): NamedTensor {
  const [begin, end] = data_offsets;
  const count = shape.reduce((product, size) => product * size, 1);
  if (end - begin !== count * ARRAYS[dtype].BYTES_PER_ELEMENT)
    throw new Error(`the array ${name} does not match its shape`);
  const copy = Uint8Array.from(data.subarray(begin, end)).buffer;
  return { name, shape, values: new ARRAYS[dtype](copy) };
}

function dtypeOf(values: NamedTensor['values']): Entry['dtype'] {
  if (values instanceof Int32Array) return 'I32';
  return values instanceof Float64Array ? 'F64' : 'F32';
}
