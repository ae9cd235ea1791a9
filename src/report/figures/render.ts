import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import type { Figure } from './figure.js';

/** Pixels of the PNG for one of the SVG: sharp in print at about 300 dots an inch. */
export const PNG_SCALE = 2;

const FONT_FILES = ['Inter-Regular.ttf', 'Inter-SemiBold.ttf'].map((file) =>
  fileURLToPath(new URL(`../../../../assets/fonts/${file}`, import.meta.url)),
);

/** The figure as an SVG; the same figure gives the same bytes. */
export async function renderSvg({ name, rows, spec }: Figure): Promise<string> {
  const [{ parse, View }, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  const compiled = compile({ ...spec, data: { values: [...rows] } });
  const view = new View(parse(compiled.spec), { renderer: 'none' });
  try {
    return withOwnIds(await view.toSVG(), name);
  } finally {
    view.finalize();
  }
}

/** With the shipped font, never one of the system's, so that all machines make the same picture. */
export function renderPng(svg: string): Uint8Array {
  const font = { loadSystemFonts: false, fontFiles: FONT_FILES, defaultFontFamily: 'Inter' };
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: PNG_SCALE } }).render().asPng();
}

/** Vega numbers its ids through all pictures of a process; several SVGs in one page must not share any. */
function withOwnIds(svg: string, name: string): string {
  const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
  const renamed = new Map(ids.map((id, index) => [id, `${name}-${index + 1}`]));
  return svg.replace(
    /( id="|url\(#)([^")]+)/g,
    (_, before: string, id: string) => before + (renamed.get(id) ?? id),
  );
}
