import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { formatValue } from '../format.js';
import type { Line } from './lines.js';
import { dataOf, plotOptions } from './plot-options.js';
import type { Zoom } from './series.js';

interface ChartProps {
  readonly metric: string;
  readonly title: string;
  readonly lines: readonly Line[];
  readonly width: number;
  readonly zoom: Zoom | null;
  /** Whether the step axis is logarithmic. */
  readonly isLogSteps: boolean;
  readonly isLog: boolean;
  readonly isDark: boolean;
  readonly onZoom: (zoom: Zoom | null) => void;
  readonly onLog: () => void;
}

const REDUCED_HINT =
  'There are more rows than pixels, so each pixel shows the minimum and the maximum of its rows. Zoom in to see every row.';

/** Shows a metric's curves by step. */
export function Chart(props: ChartProps) {
  const { metric, title, lines, width, zoom, isLogSteps, isLog, isDark, onZoom, onLog } = props;
  const place = useRef<HTMLDivElement>(null);
  const hasNonPositive = lines.some(({ values, band, raw }) =>
    [...values, ...(band?.low ?? []), ...(raw?.values ?? [])].some((value) => value !== null && value <= 0),
  );
  const scale = !isLog ? 'linear' : hasNonPositive ? 'asinh' : 'log';
  const isExact = lines.every((line) => line.isExact);
  const shape = lines
    .map(
      ({ key, label, stroke, band, raw }) =>
        `${key} ${label} ${stroke.color} ${stroke.dash.join()} ${band !== null} ${raw !== null}`,
    )
    .join('\n');

  const plot = useRef<uPlot | null>(null);
  const shown = useRef({ zoom, onZoom });
  shown.current = { zoom, onZoom };
  useEffect(() => {
    if (place.current === null || lines.length === 0) return undefined;
    const style = { lines, width, scale, isLogSteps, isDark } as const;
    const options = plotOptions(style, () => shown.current);
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
    <figure class="chart" data-chart={metric} data-exact={isExact} data-points={countPoints(lines)}>
      <figcaption>
        <h3>{title}</h3>
        {!isExact && (
          <span class="quiet small" title={REDUCED_HINT}>
            min and max
          </span>
        )}
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
          onClick={onLog}
        >
          {scale === 'asinh' ? 'asinh' : 'log'}
        </button>
      </figcaption>
      <div class="plot" ref={place} role="img" aria-label={description(title, lines)} />
    </figure>
  );
}

function countPoints(lines: readonly Line[]): number {
  return lines.reduce((sum, { steps }) => sum + steps.length, 0);
}

/** Describes the chart for screen readers: the last value of each line. */
function description(title: string, lines: readonly Line[]): string {
  const ends = lines.slice(0, 12).map(({ label, values }) => {
    const value = values.at(-1);
    return `${label} ${value == null ? 'has no value' : `ends at ${formatValue(value)}`}`;
  });
  return `${title} by step. ${[...new Set(ends)].join('; ')}`;
}
