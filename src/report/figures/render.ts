import { crc32 } from 'node:zlib';
import { Resvg } from '@resvg/resvg-js';
import type { Figure } from './figure.js';
import { measureTexts, SHIPPED_FONT } from './fonts.js';

/** PNG pixels per SVG pixel. A figure is 900 SVG pixels wide, which 300 dots per inch print 6 inches wide, the width of a page's text. */
export const PNG_SCALE = 2;
/** 300 dots per inch. */
const DOTS_PER_METER = 11_811;
/** Length of a PNG's signature and header. The chunk with the resolution comes after them. */
const PNG_START = 33;

/** Renders a figure as SVG. Equal figures give equal bytes. */
export async function renderSvg({ name, rows, spec }: Figure): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  measureTexts(vega);
  const compiled = compile({ ...spec, data: { values: [...rows] } });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' });
  try {
    return withUniqueIds(rounded(await view.toSVG()), name);
  } finally {
    view.finalize();
  }
}

export function renderPng(svg: string): Uint8Array {
  const options = { font: SHIPPED_FONT, fitTo: { mode: 'zoom', value: PNG_SCALE } } as const;
  const png = new Resvg(svg, options).render().asPng();
  return Buffer.concat([png.subarray(0, PNG_START), resolutionChunk(), png.subarray(PNG_START)]);
}

/** Returns a PNG's `pHYs` chunk, from which programs know the size in print. */
function resolutionChunk(): Buffer {
  const chunk = Buffer.alloc(21);
  chunk.writeUInt32BE(9, 0);
  chunk.write('pHYs', 4);
  chunk.writeUInt32BE(DOTS_PER_METER, 8);
  chunk.writeUInt32BE(DOTS_PER_METER, 12);
  chunk.writeUInt8(1, 16);
  chunk.writeUInt32BE(crc32(chunk.subarray(4, 17)), 17);
  return chunk;
}

/** Vega numbers ids across all pictures of a process. Ids that start with the figure's name stay unique when SVGs share a page. */
function withUniqueIds(svg: string, name: string): string {
  const ids = [...svg.matchAll(/ id="([^"]+)"/g)].map(([, id = '']) => id);
  const renamed = new Map(ids.map((id, index) => [id, `${name}-${index + 1}`]));
  return svg.replace(
    /( id="|url\(#)([^")]+)/g,
    (_, before: string, id: string) => before + (renamed.get(id) ?? id),
  );
}

/** Rounds coordinates to a thousandth of a pixel. This halves the size, and the last bits of logarithms differ between machines. */
function rounded(svg: string): string {
  return svg.replace(/ (?:d|transform|[xy]2?|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{4,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(3)) + 0)),
  );
}
