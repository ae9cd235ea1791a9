import type { ComponentChildren } from 'preact';
import { useMemo } from 'preact/hooks';
import { Chart } from './chart.js';
import { MAX_SMOOTHING, type CurveChoices } from './curve-choices.js';
import { meanLines, taskLines } from './lines.js';
import { formatCount } from '../format.js';
import type { ChartView, SweepState } from '../protocol.js';
import { useWidth } from '../use-width.js';
import { useSeries, type DrawnTask, type Zoom } from './series.js';

interface ChartsProps {
  readonly sweep: string;
  readonly shown: readonly ChartView[];
  readonly tasks: readonly DrawnTask[];
  /** The number of steps of the longest task. */
  readonly steps: number;
  /** The number of tasks that are selected but not drawn. */
  readonly left: number;
  /** Whether to draw the mean of each group instead of single curves. */
  readonly hasMeans: boolean;
  readonly choices: CurveChoices;
  readonly onChoose: (change: Partial<CurveChoices>, mode?: 'push' | 'replace') => void;
  /** The choice of the groups. */
  readonly children: ComponentChildren;
  readonly isDark: boolean;
}

/** The maximum number of metrics per request. */
const MAX_CHARTS = 16;
const NONE: readonly DrawnTask[] = [];

const MIN_CHART_WIDTH = 320;
const GAP = 16;
/** The maximum number of pixels of all tasks in one chart, with two points each. */
const MAX_PIXELS = 8_000;
const MIN_STEPS = 10;
/** Curves are fetched for widths that are multiples of this, so that small changes of the layout fetch nothing. */
const PIXELS_STEP = 100;

const SMOOTHING_HINT =
  'The weight of an exponential moving average over the drawn points, as in TensorBoard. Where a pixel has many rows, their mean is a point. The faint line of a single task is not smoothed.';

/** A button that changes the range of steps; a null range means all steps. */
interface Tool {
  readonly text: string;
  readonly label: string;
  readonly windowAfter: (shown: Zoom, steps: number) => Zoom | null;
}

const TOOLS: readonly Tool[] = [
  { text: '−', label: 'Zoom out', windowAfter: (shown, steps) => scaled(shown, steps, 2) },
  { text: '+', label: 'Zoom in', windowAfter: (shown, steps) => scaled(shown, steps, 0.5) },
  { text: '←', label: 'Earlier steps', windowAfter: (shown, steps) => shifted(shown, steps, -0.5) },
  { text: '→', label: 'Later steps', windowAfter: (shown, steps) => shifted(shown, steps, 0.5) },
  { text: 'all', label: 'Show all steps', windowAfter: () => null },
];

/** Shows the curves of the selected tasks, all over the same range of steps. */
export function Charts(props: ChartsProps) {
  const { sweep, shown, tasks, steps, left, hasMeans, choices, onChoose, isDark } = props;
  const { zoom, isLogSteps, smoothing, switched } = choices;
  const onZoom = (next: Zoom | null): void => {
    onChoose({ zoom: next });
  };
  const [room, measured] = useChartWidth();
  const width = measured ?? MIN_CHART_WIDTH;
  const pixels = Math.max(
    50,
    Math.min(
      Math.ceil(width / PIXELS_STEP) * PIXELS_STEP,
      Math.floor(MAX_PIXELS / Math.max(1, tasks.length)),
    ),
  );
  const metrics = useMemo(() => shown.map(({ metric }) => metric), [shown]);
  const series = useSeries(measured === null ? NONE : tasks, {
    sweep,
    metrics,
    zoom,
    pixels,
    isLog: isLogSteps,
    hasMeans: smoothing > 0 || hasMeans,
  });
  const charts = useMemo(
    () =>
      shown.map((chart) => ({
        ...chart,
        lines: hasMeans
          ? meanLines(tasks, series, chart.metric, isLogSteps, smoothing)
          : taskLines(tasks, series, chart.metric, smoothing),
      })),
    [shown, tasks, series, hasMeans, isLogSteps, smoothing],
  );
  const problems = problemsOf(tasks, series);
  const isEmpty = charts.every(({ lines }) => lines.length === 0);
  return (
    <section class="charts" aria-labelledby="charts-heading" ref={room}>
      <div class="heading">
        <h2 id="charts-heading">Curves</h2>
        <div class="tools" role="group" aria-label="Range of steps">
          <span class="range small" aria-live="polite">
            {zoom === null ? 'all steps' : `steps ${formatCount(zoom.from)} to ${formatCount(zoom.to)}`}
          </span>
          {TOOLS.map(({ text, label, windowAfter }) => (
            <button
              key={label}
              type="button"
              aria-label={label}
              title={label}
              onClick={() => {
                onZoom(windowAfter(zoom ?? { from: 0, to: steps }, steps));
              }}
            >
              {text}
            </button>
          ))}
          {props.children}
          <button
            type="button"
            class="toggle"
            aria-pressed={isLogSteps}
            onClick={() => {
              onChoose({ isLogSteps: !isLogSteps });
            }}
          >
            log steps
          </button>
          <label class="smoothing small">
            <span class="quiet">Smoothing</span>
            <input
              type="range"
              min="0"
              max={MAX_SMOOTHING}
              step="0.01"
              value={smoothing}
              title={SMOOTHING_HINT}
              onInput={(event) => {
                onChoose({ smoothing: Number(event.currentTarget.value) }, 'replace');
              }}
            />
            <output>{smoothing.toFixed(2)}</output>
          </label>
        </div>
      </div>
      {left > 0 && (
        <p class="quiet small">{`Showing the first ${tasks.length} of ${formatCount(tasks.length + left)} selected tasks.`}</p>
      )}
      {problems.map((problem) => (
        <p key={problem} class="problem" role="alert">
          {problem}
        </p>
      ))}
      {tasks.length === 0 && <p class="hint">Select tasks in the grid to see their curves.</p>}
      {tasks.length > 0 && isEmpty && problems.length === 0 && (
        <p class="hint">Nothing has been logged yet. Curves appear once a task has written its first rows.</p>
      )}
      <div class="chart-grid" style={{ gridTemplateColumns: `repeat(auto-fill, ${width}px)` }}>
        {charts
          .filter(({ lines }) => lines.length > 0)
          .map(({ metric, title, startsLog, lines }) => (
            <Chart
              key={metric}
              metric={metric}
              title={title}
              lines={lines}
              width={width}
              zoom={zoom}
              isLogSteps={isLogSteps}
              isLog={startsLog !== switched.includes(metric)}
              isDark={isDark}
              onZoom={onZoom}
              onLog={() => {
                const others = switched.filter((name) => name !== metric);
                onChoose({ switched: others.length < switched.length ? others : [...switched, metric] });
              }}
            />
          ))}
      </div>
      {!isEmpty && (
        <p class="quiet small">
          Move the mouse over a chart to see the values in all of them. Drag across a chart to zoom in, and
          double-click to show all steps.
        </p>
      )}
    </section>
  );
}

/** Returns why curves could not be fetched, once per reason. */
function problemsOf(tasks: readonly DrawnTask[], series: ReturnType<typeof useSeries>): string[] {
  const byReason = new Map<string, string[]>();
  for (const { id, label } of tasks) {
    const problem = series.get(id)?.problem ?? null;
    if (problem !== null) byReason.set(problem, [...(byReason.get(problem) ?? []), label]);
  }
  return [...byReason].map(
    ([problem, labels]) =>
      `${labels.length === 1 ? String(labels[0]) : `${labels.length} tasks`}: ${problem}`,
  );
}

/** Returns the distinct charts of the experiments. */
export function chartsOf(experiments: SweepState['experiments'], names: readonly string[]): ChartView[] {
  const all = names.flatMap((name) => experiments[name]?.charts ?? []);
  return [...new Map(all.map((chart) => [chart.metric, chart])).values()].slice(0, MAX_CHARTS);
}

function shifted({ from, to }: Zoom, steps: number, by: number): Zoom {
  const move = Math.max(-from, Math.min(steps - to, Math.round((to - from) * by)));
  return { from: from + move, to: to + move };
}

function scaled({ from, to }: Zoom, steps: number, by: number): Zoom | null {
  const middle = (from + to) / 2;
  const half = Math.max(MIN_STEPS, (to - from) * by) / 2;
  const next = {
    from: Math.max(0, Math.floor(middle - half)),
    to: Math.min(steps, Math.ceil(middle + half)),
  };
  return next.from === 0 && next.to === steps ? null : next;
}

/** Returns the width with which as many charts as possible fit side by side; null until it is known. */
function useChartWidth(): [{ current: HTMLElement | null }, number | null] {
  const [room, all] = useWidth();
  if (all === null) return [room, null];
  const columns = Math.max(1, Math.floor((all + GAP) / (MIN_CHART_WIDTH + GAP)));
  return [room, Math.floor((all - (columns - 1) * GAP) / columns)];
}
