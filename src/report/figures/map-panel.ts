import type { Panel } from './figure.js';

const CELL_HEIGHT = 34;
/** Room for the labels of lines, in SVG pixels. */
const MAX_LABEL = 160;
/** Above this part of the color scale, the text of a cell is white. */
const DARK = 0.65;
/** A logarithmic color scale needs values that differ by more than this factor. */
const MIN_LOG_RATIO = 10;

interface MapAxis {
  readonly title: string;
  /** The values from left to right, or from top to bottom. */
  readonly domain: readonly (string | number)[];
}

export interface MapData {
  /** Selects the rows of the panel by their fields. */
  readonly rows: Readonly<Record<string, string | number>>;
  readonly title: string;
  readonly x: MapAxis;
  readonly y: MapAxis;
  readonly width: number;
  readonly color: MapColor;
  /** The field with the text of a cell. */
  readonly text: string;
}

interface MapColor {
  readonly field: string;
  readonly title: string;
  /** The smallest and the largest value. */
  readonly domain: readonly [number, number];
  /** Whether the values span decades. */
  readonly isLog?: boolean;
}

/** Draws a number by two settings, `x` and `y`, as colors with text. Larger numbers are darker. */
export function mapPanel({ rows, title, x, y, width, color, text }: MapData): Panel {
  const [low, high] = color.domain;
  const isLog = (color.isLog ?? false) && low > 0 && high / low > MIN_LOG_RATIO;
  const dark = isLog ? low * (high / low) ** DARK : low + DARK * (high - low);
  const axis = ({ title, domain }: MapAxis, room = {}) => ({
    type: 'ordinal' as const,
    title,
    scale: { domain: [...domain] },
    axis: { labelAngle: 0, grid: false, ...room },
  });
  return {
    title,
    width,
    height: CELL_HEIGHT * y.domain.length,
    transform: [{ filter: { and: Object.entries(rows).map(([field, equal]) => ({ field, equal })) } }],
    encoding: { x: { field: 'x', ...axis(x) }, y: { field: 'y', ...axis(y, { maxExtent: MAX_LABEL }) } },
    layer: [
      {
        mark: { type: 'rect', stroke: 'white' },
        encoding: {
          color: {
            field: color.field,
            type: 'quantitative',
            title: color.title,
            scale: { domain: [low, high], scheme: 'blues', ...(isLog ? { type: 'log' } : {}) },
            legend: { orient: 'bottom', gradientLength: 160, tickCount: 3 },
          },
        },
      },
      {
        mark: { type: 'text', fontSize: 11 },
        encoding: {
          text: { field: text, type: 'nominal' },
          color: { condition: { test: `datum['${color.field}'] > ${dark}`, value: 'white' }, value: '#222' },
        },
      },
    ],
  };
}
