import { Resvg } from '@resvg/resvg-js';
import type { Figure } from './figure.js';
import { measureTexts, SHIPPED_FONT } from './fonts.js';

/** Pixels of the PNG for one of the SVG: sharp in print at about 300 dots an inch. */
export const PNG_SCALE = 2;

/** The figure as an SVG; the same figure gives the same bytes. */
export async function renderSvg({ name, rows, spec }: Figure): Promise<string> {
  const [vega, { compile }] = await Promise.all([import('vega'), import('vega-lite')]);
  measureTexts(vega);
  const compiled = compile({ ...spec, data: { values: [...rows] } });
  const view = new vega.View(vega.parse(compiled.spec), { renderer: 'none' });
  try {
    return withOwnIds(rounded(await view.toSVG()), name);
  } finally {
    view.finalize();
  }
}

export function renderPng(svg: string): Uint8Array {
  return new Resvg(svg, { font: SHIPPED_FONT, fitTo: { mode: 'zoom', value: PNG_SCALE } }).render().asPng();
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

/** Places to a thousandth of a pixel: half the bytes, and the last bits of a logarithm differ between machines. */
function rounded(svg: string): string {
  return svg.replace(/ (?:d|transform|[xy]2?|width|height)="[^"]*"/g, (attribute) =>
    attribute.replace(/-?\d+\.\d{4,}(?:e-\d+)?/g, (number) => String(Number(Number(number).toFixed(3)) + 0)),
  );
}
