import path from 'node:path';
import { makeFolder, writeFileDurably } from '../../store/files.js';
import { fileRenderers } from './renderers.js';
import type { Table } from './table.js';

/** Writes the tables in every format, `<folder>/<name>.md` and so on. */
export function writeTables(tables: readonly Table[], folder: string): void {
  makeFolder(folder);
  for (const table of tables)
    for (const [extension, render] of Object.entries(fileRenderers))
      writeFileDurably(path.join(folder, `${table.name}.${extension}`), render(table));
}
