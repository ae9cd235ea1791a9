import { fstatSync } from 'node:fs';

const MAX_PIECE_BYTES = 1 << 18;

/** Returns a buffer to read an open file with: no larger than the file, because most files of a store are small. */
export function pieceFor(descriptor: number): Buffer {
  return Buffer.allocUnsafe(Math.min(MAX_PIECE_BYTES, Math.max(1, fstatSync(descriptor).size)));
}
