import type { Batch, ExportColumn } from '../table.js';

/** Encodes a file in pieces, without keeping them in memory. */
export interface FormatWriter {
  /** Returns the bytes of a batch. */
  encode(batch: Batch): Uint8Array;
  /** Returns the bytes after the last batch. */
  finish(): Uint8Array;
}

export type Format = (columns: readonly ExportColumn[]) => FormatWriter;
