import uPlot from 'uplot';
import { axisStyle, labels } from '../charts/plot-options.js';
import { formatValue } from '../format.js';
import type { TaskInfo } from '../protocol.js';
import type { Column } from '../results.js';

/** A task with a place in the plot. */
export interface Point {
  readonly id: string;
  readonly x: number;
  readonly y: number;
  readonly color: string;
  /** In pixels. */
  readonly radius: number;
  readonly isSelected: boolean;
}

export interface ScatterStyle {
  readonly x: Column;
  readonly y: Column;
  readonly isLogX: boolean;
  readonly isLogY: boolean;
  readonly width: number;
  readonly height: number;
  readonly isDark: boolean;
}

const RADIUS = 4.5;
const MIN_RADIUS = 2.5;
const MAX_RADIUS = 12;
/** The maximum distance from the mouse to a point, in pixels. */
const MAX_DISTANCE = 14;
/** The room around the outermost points, as a share of the range. */
const MARGIN = 0.05;

/** Returns the radii of points, whose areas grow evenly with the column's values. Points without a value have the smallest radius. */
export function radiusBy(column: Column | undefined, infos: readonly TaskInfo[]) {
  const values = column === undefined ? [] : infos.flatMap(({ id }) => column.numberOf(id) ?? []);
  if (column === undefined || values.length === 0) return { radiusOf: () => RADIUS, range: null };
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  const radiusOf = (id: string): number => {
    const value = column.numberOf(id);
    const share = value === null || max === min ? 0 : (value - min) / (max - min);
    return Math.sqrt(MIN_RADIUS ** 2 + share * (MAX_RADIUS ** 2 - MIN_RADIUS ** 2));
  };
  return { radiusOf, range: [min, max] as const };
}

/** Returns the points by ascending x, as the library needs them. */
export function sortPoints(points: readonly Point[]): Point[] {
  return [...points].sort((a, b) => a.x - b.x);
}

export function scatterData(points: readonly Point[]): uPlot.AlignedData {
  return [points.map(({ x }) => x), points.map(({ y }) => y)];
}

/** @param current returns the points, sorted by x @param onHover is called with the point next to the mouse, or null */
export function scatterOptions(
  style: ScatterStyle,
  current: () => readonly Point[],
  onHover: (point: Point | null, left: number, top: number) => void,
): uPlot.Options {
  const { x, y, isLogX, isLogY, width, height, isDark } = style;
  const ink = isDark ? '#f2f4f7' : '#171b21';
  return {
    width,
    height,
    legend: { show: false },
    scales: {
      x: {
        time: false,
        distr: distribution(isLogX),
        range: () =>
          rangeOf(
            current().map(({ x: at }) => at),
            isLogX,
          ),
      },
      y: {
        distr: distribution(isLogY),
        range: () =>
          rangeOf(
            current().map(({ y: at }) => at),
            isLogY,
          ),
      },
    },
    axes: [
      axisOf(x, isDark, 80, x.isNumeric ? {} : { rotate: -30, size: 80 }),
      axisOf(y, isDark, 32, { size: y.isNumeric ? 62 : 110 }),
    ],
    series: [{}, { stroke: 'transparent', points: { show: false }, paths: () => null }],
    cursor: { drag: { x: false, y: false }, points: { show: false } },
    hooks: {
      draw: [
        (plot) => {
          drawPoints(plot, current(), ink);
        },
      ],
      setCursor: [
        (plot) => {
          const { left = -1, top = -1 } = plot.cursor;
          onHover(left < 0 ? null : nearest(plot, current(), left, top), left, top);
        },
      ],
    },
  };
}

function distribution(isLog: boolean): uPlot.Scale.Distr {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- there is no enum at run time
  return isLog ? 3 : 1;
}

function axisOf(column: Column, isDark: boolean, space: number, more: Partial<uPlot.Axis>): uPlot.Axis {
  const style = axisStyle(isDark);
  const format = column.isNumeric ? formatValue : column.format;
  return {
    ...style,
    label: column.title,
    labelFont: '12px system-ui',
    labelSize: 20,
    space: column.isNumeric ? space : 1,
    // A column of texts has a tick at each of them.
    ...(column.isNumeric ? {} : { splits: () => (column.texts ?? []).map((_, index) => index) }),
    values: (_, ticks) => labels(ticks, format),
    ...more,
  };
}

/** Returns the range of an axis, with room around the outermost points. */
function rangeOf(values: readonly number[], isLog: boolean): [number, number] {
  if (values.length === 0) return [1, 2];
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  if (isLog) {
    const ratio = Math.max(1.1, (max / min) ** MARGIN);
    return [min / ratio, max * ratio];
  }
  const room = max > min ? (max - min) * MARGIN : Math.max(0.5, Math.abs(max) * MARGIN);
  return [min - room, max + room];
}

function drawPoints(plot: uPlot, points: readonly Point[], ink: string): void {
  const { ctx } = plot;
  const ratio = uPlot.pxRatio;
  ctx.save();
  ctx.globalAlpha = points.length > 1_000 ? 0.7 : 0.9;
  // Small points are drawn over large ones.
  const ordered = [...points].sort((a, b) => b.radius - a.radius);
  for (const { x, y, color, radius, isSelected } of ordered) {
    ctx.beginPath();
    ctx.arc(plot.valToPos(x, 'x', true), plot.valToPos(y, 'y', true), radius * ratio, 0, 2 * Math.PI);
    ctx.fillStyle = color;
    ctx.fill();
    ctx.lineWidth = (isSelected ? 2 : 0.5) * ratio;
    ctx.strokeStyle = ink;
    ctx.stroke();
  }
  ctx.restore();
}

function nearest(plot: uPlot, points: readonly Point[], left: number, top: number): Point | null {
  let best: Point | null = null;
  let least = MAX_DISTANCE;
  for (const point of points) {
    const distance = Math.hypot(plot.valToPos(point.x, 'x') - left, plot.valToPos(point.y, 'y') - top);
    if (distance > least) continue;
    least = distance;
    best = point;
  }
  return best;
}
