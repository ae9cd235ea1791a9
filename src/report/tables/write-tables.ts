import path from 'node:path';
import { makeFolder, writeFileDurably } from '../../store/files.js';
import { fileRenderers } from './renderers.js';
import type { Table } from './table.js';

/** Writes each table in every format, such as `<folder>/<name>.md`. */
export function writeTables(tables: readonly Table[], folder: string): void {
  makeFolder(folder);
  for (const table of tables)
    for (const [extension, render] of Object.entries(fileRenderers))
      writeFileDurably(path.join(folder, `${table.name}.${extension}`), render(table));
}
