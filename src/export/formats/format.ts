import type { Batch, ExportColumn } from '../table.js';

/** Makes a file in pieces, none of which is kept. */
export interface FormatWriter {
  /** The bytes that the batch adds. */
  encode(batch: Batch): Uint8Array;
  /** Those after the last batch. */
  finish(): Uint8Array;
}

export type Format = (columns: readonly ExportColumn[]) => FormatWriter;
