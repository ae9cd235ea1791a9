import { fileURLToPath } from 'node:url';
import { Resvg } from '@resvg/resvg-js';
import type * as Vega from 'vega';

declare module 'vega' {
  /** Vega's text measurement, which its type declarations omit. */
  export const textMetrics: { width: (item: TextItem, text: string | number | null) => number };
}

interface TextItem {
  readonly fontSize?: number;
  readonly fontWeight?: string | number;
}

/** Fonts of this package instead of the system's, so that every machine draws the same picture. */
export const SHIPPED_FONT = {
  loadSystemFonts: false,
  fontFiles: ['Inter-Regular.ttf', 'Inter-SemiBold.ttf'].map((file) =>
    fileURLToPath(new URL(`../../../../assets/fonts/${file}`, import.meta.url)),
  ),
  defaultFontFamily: 'Inter',
};

/** Vega's default font size, in pixels. */
const DEFAULT_SIZE = 11;
/** Texts are measured at this size, in pixels, and scaled to their own. */
const MEASURED_SIZE = 100;

/** Makes Vega measure texts in the shipped font. Without a canvas it estimates widths, which leaves gaps. */
export function measureTexts({ textMetrics }: Pick<typeof Vega, 'textMetrics'>): void {
  const widths = new Map<string, number>();
  textMetrics.width = ({ fontSize = DEFAULT_SIZE, fontWeight = 400 }, text) => {
    const element = textElement(String(text ?? ''), fontWeight);
    const measured = widths.get(element) ?? measure(element);
    widths.set(element, measured);
    return (measured * fontSize) / MEASURED_SIZE;
  };
}

function textElement(text: string, weight: string | number): string {
  const escaped = text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  return `<text font-family="Inter" font-size="${MEASURED_SIZE}" font-weight="${weight}">${escaped}</text>`;
}

function measure(element: string): number {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1">${element}</svg>`;
  return new Resvg(svg, { font: SHIPPED_FONT }).getBBox()?.width ?? 0;
}
