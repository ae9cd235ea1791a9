import { Resvg } from '@resvg/resvg-js';
import type { Figure } from './figure.js';
import { measureTexts, SHIPPED_FONT } from './fonts.js';

/** PNG pixels per SVG pixel, for about 300 dots per inch in print. */
export const PNG_SCALE = 2;

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
  return new Resvg(svg, { font: SHIPPED_FONT, fitTo: { mode: 'zoom', value: PNG_SCALE } }).render().asPng();
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
