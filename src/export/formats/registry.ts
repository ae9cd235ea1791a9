import { arrow } from './arrow.js';
import { csv } from './csv.js';
import type { Format } from './format.js';
import { parquet } from './parquet.js';

/** Export formats by file extension. */
export const formats = { parquet, csv, arrow } as const satisfies Readonly<Record<string, Format>>;

export type FormatName = keyof typeof formats;
