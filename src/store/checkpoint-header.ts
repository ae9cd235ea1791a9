import { closeSync, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { z } from 'zod';
import { isMissing, reasonOf } from './files.js';

/** The part of a safetensors header that says how far a checkpoint is and how long its file must be. */
const headerSchema = z
  .object({ __metadata__: z.object({ step: z.coerce.number().int().min(0) }) })
  .catchall(z.looseObject({ data_offsets: z.tuple([z.int(), z.int()]) }));

/** The header's length is at the file's start, eight bytes, little-endian; the format bounds it to 100 MB. */
const LENGTH_BYTES = 8;
const HEADER_BYTES_LIMIT = 100_000_000;

export type CheckpointHeader =
  | { readonly found: true; readonly step: number }
  | { readonly found: false; readonly problem: string | null };

/** Reads a checkpoint's step, and notices a file cut short or overwritten. Whether its numbers are right is the worker's to check. */
export function readCheckpointHeader(file: string): CheckpointHeader {
  let descriptor: number;
  try {
    // Opening a pipe would wait for a writer.
    if (!statSync(file).isFile()) return { found: false, problem: 'checkpoint is broken (not a file)' };
    descriptor = openSync(file, 'r');
  } catch (error) {
    return {
      found: false,
      problem: isMissing(error) ? null : `checkpoint can't be read (${reasonOf(error)})`,
    };
  }
  try {
    return parseHeader(descriptor, fstatSync(descriptor).size);
  } catch {
    return { found: false, problem: 'checkpoint is broken (its header is not that of a checkpoint)' };
  } finally {
    closeSync(descriptor);
  }
}

function parseHeader(descriptor: number, fileBytes: number): CheckpointHeader {
  const headerBytes = Number(readBytes(descriptor, 0, LENGTH_BYTES).readBigUInt64LE());
  if (headerBytes > Math.min(fileBytes, HEADER_BYTES_LIMIT))
    return { found: false, problem: `checkpoint is broken (cut short at ${fileBytes} bytes)` };
  const text = readBytes(descriptor, LENGTH_BYTES, headerBytes).toString('utf8');
  const { __metadata__: metadata, ...tensors } = headerSchema.parse(JSON.parse(text));
  const dataBytes = Math.max(0, ...Object.values(tensors).map((tensor) => tensor.data_offsets[1]));
  const expected = LENGTH_BYTES + headerBytes + dataBytes;
  if (fileBytes !== expected)
    return { found: false, problem: `checkpoint is broken (${fileBytes} bytes, not ${expected})` };
  return { found: true, step: metadata.step };
}

function readBytes(descriptor: number, position: number, length: number): Buffer {
  const bytes = Buffer.alloc(length);
  readSync(descriptor, bytes, 0, length, position);
  return bytes;
}
