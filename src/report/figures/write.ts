import path from 'node:path';
import { stringify } from 'csv-stringify/sync';
import { makeFolder, writeFileDurably } from '../../store/files.js';
import type { Figure } from './figure.js';

/** Writes `<name>.svg`, `.png`, and their sources, `.csv` and `.vl.json`. @returns the paths of each figure's SVG and PNG */
export async function writeFigures(figures: readonly Figure[], folder: string): Promise<string[]> {
  // The packages that draw are optional, and take long to load.
  const { renderPng, renderSvg } = await import('./render.js');
  makeFolder(folder);
  const written: string[] = [];
  for (const figure of figures) {
    const file = (extension: string) => path.join(folder, `${figure.name}.${extension}`);
    const svg = await renderSvg(figure);
    writeFileDurably(file('csv'), stringify([...figure.rows], { header: true }));
    writeFileDurably(file('vl.json'), `${JSON.stringify(figure.spec, null, 2)}\n`);
    writeFileDurably(file('svg'), svg);
    writeFileDurably(file('png'), renderPng(svg));
    written.push(file('svg'), file('png'));
  }
  return written;
}
