import uPlot from 'uplot';
import { formatCount, formatValue } from '../format.js';
import type { Line } from './lines.js';
import { addReadout } from './readout.js';
import type { Zoom } from './series.js';

export type AxisScale = 'linear' | 'log' | 'asinh';

export interface ChartStyle {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly scale: AxisScale;
  readonly isLogSteps: boolean;
  readonly isDark: boolean;
}

/** The properties that change without redrawing the chart. */
interface Current {
  readonly zoom: Zoom | null;
  readonly onZoom: (zoom: Zoom | null) => void;
}

const HEIGHT = 200;
/** A shorter drag counts as a click. */
const MIN_DRAG_PIXELS = 4;
const MANY_LINES = 8;
/** The opacity of a curve behind the one that it was smoothed to. */
const RAW_ALPHA = 0.25;
/** The name under which all charts share their crosshair. */
const CROSSHAIR = 'steps';

/** Returns uPlot's number of the distribution. Its types have an enum for it that does not exist at run time. */
function distribution(scale: AxisScale): uPlot.Scale.Distr {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- there is no enum at run time
  return { linear: 1, log: 3, asinh: 4 }[scale];
}

export function plotOptions(style: ChartStyle, current: () => Current): uPlot.Options {
  const { lines, width, scale, isLogSteps, isDark } = style;
  const axis = axisStyle(isDark);
  return {
    width,
    height: HEIGHT,
    legend: { show: false },
    scales: {
      x: {
        time: false,
        distr: distribution(isLogSteps ? 'log' : 'linear'),
        range: (_, min, max) => rangeOf(current().zoom, min, max, isLogSteps),
      },
      y: { distr: distribution(scale) },
    },
    axes: [
      { ...axis, size: 28, space: 70, values: (_, ticks) => labels(ticks, shortCount) },
      {
        ...axis,
        grid: { ...axis.grid, filter: scale === 'log' ? decades : allSplits },
        size: 58,
        space: 32,
        values: (_, ticks) => labels(ticks, formatValue),
      },
    ],
    series: [{}, ...lines.flatMap((line) => seriesOf(line, lines.length))],
    bands: lines.flatMap(({ band, stroke }, index) => {
      const first = lineSeries(lines, index);
      return band === null
        ? []
        : [{ series: [first + 2, first + 1] as [number, number], fill: `${stroke.color}30` }];
    }),
    cursor: {
      drag: { x: true, y: false, setScale: false },
      sync: { key: CROSSHAIR },
      points: { show: false },
      bind: {
        dblclick: () => () => {
          current().onZoom(null);
          return null;
        },
      },
    },
    hooks: {
      setSelect: [
        (self) => {
          if (self.select.width < MIN_DRAG_PIXELS) return;
          const from = self.posToVal(self.select.left, 'x');
          const to = self.posToVal(self.select.left + self.select.width, 'x');
          self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          current().onZoom({ from: Math.max(0, Math.floor(from)), to: Math.ceil(to) });
        },
      ],
    },
    plugins: [addReadout(lines.map((line, index) => ({ line, series: lineSeries(lines, index) })))],
  };
}

export function axisStyle(isDark: boolean) {
  const rule = isDark ? '#262d36' : '#e8ebef';
  return {
    stroke: isDark ? '#aab4c0' : '#59636e',
    grid: { stroke: rule, width: 1 },
    ticks: { stroke: rule, width: 1, size: 4 },
    font: '11px system-ui',
  };
}

/** Joins all lines over the union of their steps. Step 0 has no logarithm and is drawn at 1. */
export function dataOf(lines: readonly Line[], isLogSteps: boolean): uPlot.AlignedData {
  const drawn = (steps: readonly number[]): number[] =>
    isLogSteps ? steps.map((step) => Math.max(1, step)) : [...steps];
  const tables = lines.flatMap(({ steps, values, band, raw }): uPlot.AlignedData[] => [
    ...(raw === null ? [] : [[drawn(raw.steps), [...raw.values]] satisfies uPlot.AlignedData]),
    [drawn(steps), [...values], ...(band === null ? [] : [[...band.low], [...band.high]])],
  ]);
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

/** Formats tick labels. On logarithmic axes, ticks without a label are null, which the package's types lack. */
export function labels(ticks: readonly (number | null)[], format: (tick: number) => string): string[] {
  return ticks.map((tick) => (tick === null ? '' : format(tick)));
}

/** Returns the series of a line, behind it that of the curve before smoothing, and two without a stroke for its band. */
function seriesOf({ label, stroke, band, raw }: Line, count: number): uPlot.Series[] {
  const isCrowded = count > MANY_LINES;
  const own: uPlot.Series = {
    label,
    stroke: stroke.color,
    dash: [...stroke.dash],
    width: isCrowded ? 1 : 1.5,
    alpha: isCrowded ? 0.75 : 1,
    spanGaps: true,
    points: { show: false },
  };
  const faint: uPlot.Series = { ...own, width: 1, alpha: RAW_ALPHA };
  if (raw !== null) return [faint, own];
  const bound: uPlot.Series = { width: 0, spanGaps: true, points: { show: false } };
  return band === null ? [own] : [{ ...own, width: 2, alpha: 1 }, bound, bound];
}

/** Returns the index of the series with the values of a line. Series 0 are the steps. */
function lineSeries(lines: readonly Line[], index: number): number {
  const before = lines
    .slice(0, index)
    .reduce((sum, { band, raw }) => sum + (band === null ? 1 : 3) + (raw === null ? 0 : 1), 1);
  return before + (lines[index]?.raw == null ? 0 : 1);
}

function rangeOf(zoom: Zoom | null, min: number, max: number, isLogSteps: boolean): [number, number] {
  const [from, to] = zoom === null ? [min, max] : [zoom.from, zoom.to];
  return [isLogSteps ? Math.max(1, from) : from, to];
}

function allSplits(_plot: uPlot, splits: number[]): number[] {
  return splits;
}

/** Keeps grid lines only at powers of ten: with the lines in between, the background would look gray. */
function decades(_plot: uPlot, splits: number[]): (number | null)[] {
  return splits.map((split) => (Number.isInteger(Number(Math.log10(split).toFixed(9))) ? split : null));
}

/** Formats a count in short form, for example `10k` or `1.5M`. */
function shortCount(step: number): string {
  if (step >= 1e6) return `${step / 1e6}M`;
  return step >= 1e4 ? `${step / 1e3}k` : formatCount(step);
}
