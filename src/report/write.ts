import path from 'node:path';
import type { SweepSummary } from '../aggregate/aggregate.js';
import { makeFolder, writeFileDurably } from '../store/files.js';
import { fileRenderers } from './renderers.js';
import { makeTable } from './table.js';

/** Writes each part's table in every format. @returns the files */
export function writeTables(summary: SweepSummary, folder: string): string[] {
  makeFolder(folder);
  return summary.parts.flatMap((part) => {
    const table = makeTable(part);
    return Object.entries(fileRenderers).map(([extension, render]) => {
      const file = path.join(folder, `${table.name}.${extension}`);
      writeFileDurably(file, render(table));
      return file;
    });
  });
}
