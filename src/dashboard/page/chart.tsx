import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import { formatCount, formatValue } from './format.js';
import type { Curve } from './protocol.js';
import type { DrawnTask, Zoom } from './series.js';

/** A curve and its task. */
export interface Line {
  readonly task: DrawnTask;
  readonly curve: Curve;
}

interface ChartProps {
  readonly title: string;
  readonly lines: readonly Line[];
  readonly width: number;
  readonly zoom: Zoom | null;
  /** Whether the step axis is logarithmic. */
  readonly isLogSteps: boolean;
  readonly startsLog: boolean;
  readonly isDark: boolean;
  readonly onZoom: (zoom: Zoom | null) => void;
}

const HEIGHT = 190;
/** A shorter drag counts as a click. */
const MIN_DRAG_PIXELS = 4;

/** Shows a metric's curves by step. */
export function Chart({ title, lines, width, zoom, isLogSteps, startsLog, isDark, onZoom }: ChartProps) {
  const [isLog, setLog] = useState(startsLog);
  const [readout, setReadout] = useState<string | null>(null);
  const place = useRef<HTMLDivElement>(null);
  const hasNonPositive = lines.some(({ curve }) =>
    curve.values.some((value) => value !== null && value <= 0),
  );
  const scale = !isLog ? 'linear' : hasNonPositive ? 'asinh' : 'log';
  const isExact = lines.every(({ curve }) => curve.isExact);
  const shape = lines
    .map(({ task, curve }) => `${task.id} ${task.stroke.color} ${curve.component ?? ''}`)
    .join();

  const plot = useRef<uPlot | null>(null);
  const shown = useRef({ lines, zoom, onZoom });
  shown.current = { lines, zoom, onZoom };
  useEffect(() => {
    if (place.current === null || lines.length === 0) return undefined;
    const style = { lines, width, scale, isLogSteps, isDark } as const;
    const options = plotOptions(style, setReadout, () => shown.current);
    const created = new uPlot(options, dataOf(lines, isLogSteps), place.current);
    plot.current = created;
    return () => {
      plot.current = null;
      created.destroy();
    };
  }, [shape, width, scale, isLogSteps, isDark]);
  useEffect(() => {
    plot.current?.setData(dataOf(lines, isLogSteps), true);
  }, [lines, zoom]);

  return (
    <figure
      class="chart"
      style={{ width }}
      data-chart={lines[0]?.curve.metric ?? ''}
      data-exact={isExact}
      data-points={countPoints(lines)}
    >
      <figcaption>
        <h3>{title}</h3>
        <span class="readout quiet small">
          {readout ?? (isExact ? 'every point' : 'min and max per pixel')}
        </span>
        <button
          type="button"
          class="toggle"
          aria-pressed={isLog}
          aria-label={`${scale === 'asinh' ? 'asinh' : 'log'} axis of ${title}`}
          title={
            scale === 'asinh'
              ? 'Some values are not positive, so the axis is asinh instead of log'
              : undefined
          }
          onClick={() => {
            setLog(!isLog);
          }}
        >
          {scale === 'asinh' ? 'asinh' : 'log'}
        </button>
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={description(title, lines)} />
    </figure>
  );
}

interface ChartStyle {
  readonly lines: readonly Line[];
  readonly width: number;
  readonly scale: 'linear' | 'log' | 'asinh';
  readonly isLogSteps: boolean;
  readonly isDark: boolean;
}

/** Returns the current values of properties that change without redrawing the chart. */
type Current = () => Pick<ChartProps, 'lines' | 'zoom' | 'onZoom'>;

/** Returns uPlot's number of the distribution. Its types have an enum for it that does not exist at run time. */
function distribution(scale: ChartStyle['scale']): uPlot.Scale.Distr {
  // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- there is no enum at run time
  return { linear: 1, log: 3, asinh: 4 }[scale];
}

function plotOptions(
  { lines, width, scale, isLogSteps, isDark }: ChartStyle,
  setReadout: (text: string | null) => void,
  current: Current,
): uPlot.Options {
  const ink = isDark ? '#aab4c0' : '#59636e';
  const rule = isDark ? '#262d36' : '#e8ebef';
  const axis = {
    stroke: ink,
    grid: { stroke: rule, width: 1 },
    ticks: { stroke: rule, width: 1, size: 4 },
    font: '11px system-ui',
  };
  const isCrowded = lines.length > 8;
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
      {
        ...axis,
        size: 28,
        space: 70,
        values: (_, ticks) => labels(ticks, shortCount),
      },
      {
        ...axis,
        grid: { ...axis.grid, filter: scale === 'log' ? decades : allSplits },
        size: 58,
        space: 32,
        values: (_, ticks) => labels(ticks, formatValue),
      },
    ],
    series: [
      {},
      ...lines.map(({ task: { stroke, label } }) => ({
        label,
        stroke: stroke.color,
        dash: [...stroke.dash],
        width: isCrowded ? 1 : 1.5,
        alpha: isCrowded ? 0.75 : 1,
        spanGaps: true,
        points: { show: false },
      })),
    ],
    cursor: {
      drag: { x: true, y: false, setScale: false },
      focus: { prox: 24 },
      points: { size: 6 },
      bind: {
        dblclick: () => () => {
          current().onZoom(null);
          return null;
        },
      },
    },
    focus: { alpha: 0.35 },
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
      setLegend: [
        (self) => {
          setReadout(readoutText(self, current().lines));
        },
      ],
    },
  };
}

/** Returns the value of the curve nearest to the cursor. */
function readoutText(plot: uPlot, lines: readonly Line[]): string | null {
  const { idx } = plot.cursor;
  const nearest = plot.series.findIndex((series, index) => index > 0 && series._focus === true);
  const line = lines[nearest - 1];
  if (idx == null || line === undefined) return null;
  const step = plot.data[0][idx];
  const value = plot.data[nearest]?.[idx];
  if (step === undefined || value == null) return null;
  const component = line.curve.component === null ? '' : `, component ${line.curve.component + 1}`;
  return `${line.task.label}${component}: ${formatValue(value)} at step ${formatCount(step)}`;
}

declare module 'uplot' {
  interface Series {
    /** Whether this curve is nearest to the cursor. The package's types lack it. */
    readonly _focus?: boolean | null;
  }
}

/** Formats tick labels. On logarithmic axes, ticks without a label are null, which the package's types lack. */
function labels(ticks: readonly (number | null)[], format: (tick: number) => string): string[] {
  return ticks.map((tick) => (tick === null ? '' : format(tick)));
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

/** Joins all curves over the union of their steps. Step 0 has no logarithm and is drawn at 1. */
function dataOf(lines: readonly Line[], isLogSteps: boolean): uPlot.AlignedData {
  const tables = lines.map(({ curve }): uPlot.AlignedData => [
    isLogSteps ? curve.steps.map((step) => Math.max(1, step)) : [...curve.steps],
    [...curve.values],
  ]);
  return tables.length === 0 ? [[]] : uPlot.join(tables);
}

function countPoints(lines: readonly Line[]): number {
  return lines.reduce((sum, { curve }) => sum + curve.steps.length, 0);
}

/** Formats a count in short form, for example `10k` or `1.5M`. */
function shortCount(step: number): string {
  if (step >= 1e6) return `${step / 1e6}M`;
  return step >= 1e4 ? `${step / 1e3}k` : formatCount(step);
}

/** Describes the chart for screen readers: the last value of each task's curve. */
function description(title: string, lines: readonly Line[]): string {
  const ends = lines.slice(0, 12).map(({ task, curve }) => {
    const value = curve.values.at(-1);
    return `${task.label} ${value == null ? 'has no value' : `ends at ${formatValue(value)}`}`;
  });
  return `${title} by step. ${[...new Set(ends)].join('; ')}`;
}
