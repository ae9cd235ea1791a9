import type { Stroke } from '../colors.js';
import type { Curve } from '../protocol.js';
import { statisticsOf } from '../statistics.js';
import { smooth } from './smooth.js';
import type { DrawnTask, TaskCurves } from './series.js';

/** A line of a chart: the curve of a task, or the mean over the tasks of a group with a band. */
export interface Line {
  readonly key: string;
  readonly label: string;
  readonly stroke: Stroke;
  readonly component: number | null;
  readonly steps: readonly number[];
  readonly values: readonly (number | null)[];
  /** The bounds of the band; null for a single task. */
  readonly band: {
    readonly low: readonly (number | null)[];
    readonly high: readonly (number | null)[];
  } | null;
  /** The curve before smoothing; null if it is not smoothed. */
  readonly raw: { readonly steps: readonly number[]; readonly values: readonly (number | null)[] } | null;
  /** Whether the line has all logged points. */
  readonly isExact: boolean;
}

/** The maximum number of steps at which means are computed. */
const MAX_MEAN_STEPS = 400;

/** Returns the lines of a metric, one per task and component. @param smoothing the weight of the moving average, 0 for none */
export function taskLines(
  tasks: readonly DrawnTask[],
  series: ReadonlyMap<string, TaskCurves>,
  metric: string,
  smoothing: number,
): Line[] {
  return tasks.flatMap(({ id, label, stroke }) =>
    curvesOf(series, id, metric).map((curve) => {
      const { component, steps, values, isExact } = curve;
      const own = { steps, values };
      // Averaging the extremes of pixels would give outliers too much weight.
      const averaged = curve.means ?? own;
      return {
        ...{ key: `${id} ${component ?? ''}`, label: labelOf(label, component), stroke, component, isExact },
        ...(smoothing === 0
          ? { ...own, raw: null }
          : { steps: averaged.steps, values: smooth(averaged.values, smoothing), raw: own }),
        band: null,
      };
    }),
  );
}

/** Returns the means of a metric over the tasks of each group, with a band from the minimum to the maximum. */
export function meanLines(
  tasks: readonly DrawnTask[],
  series: ReadonlyMap<string, TaskCurves>,
  metric: string,
  isLog: boolean,
  smoothing: number,
): Line[] {
  const groups = new Map<
    string,
    { label: string; stroke: Stroke; component: number | null; curves: Curve[] }
  >();
  for (const { id, group, stroke } of tasks)
    for (const curve of curvesOf(series, id, metric)) {
      const key = `${group} ${curve.component ?? ''}`;
      const label = labelOf(group, curve.component);
      const found = groups.get(key) ?? { label, stroke, component: curve.component, curves: [] };
      // Averaging the extremes of pixels would give outliers too much weight.
      found.curves.push({ ...curve, ...curve.means });
      groups.set(key, found);
    }
  return [...groups].map(([key, { label, stroke, component, curves }]) => {
    const steps = meanSteps(curves, isLog);
    const all = curves.map((curve) => sampled(curve, steps));
    const statistics = steps.map((_, index) => statisticsOf(all.map((values) => values[index] ?? null)));
    const smoothed = (name: 'mean' | 'min' | 'max'): (number | null)[] =>
      smooth(
        statistics.map((each) => each?.[name] ?? null),
        smoothing,
      );
    return {
      ...{ key, stroke, component, steps, isExact: curves.every(({ isExact }) => isExact) },
      label: `${label} (mean of ${curves.length})`,
      values: smoothed('mean'),
      band: { low: smoothed('min'), high: smoothed('max') },
      raw: null,
    };
  });
}

function curvesOf(series: ReadonlyMap<string, TaskCurves>, id: string, metric: string): readonly Curve[] {
  return (series.get(id)?.curves ?? []).filter((curve) => curve.metric === metric);
}

function labelOf(label: string, component: number | null): string {
  return component === null ? label : `${label}, component ${component + 1}`;
}

/** Returns all steps of the curves, or the middles of equal intervals if there are too many. */
function meanSteps(curves: readonly Curve[], isLog: boolean): number[] {
  const all = [...new Set(curves.flatMap(({ steps }) => steps))].sort((x, y) => x - y);
  if (all.length <= MAX_MEAN_STEPS) return all;
  const from = all[0] ?? 0;
  const to = all.at(-1) ?? 0;
  const start = Math.max(1, from);
  const at = (share: number): number => (isLog ? start * (to / start) ** share : from + (to - from) * share);
  return Array.from({ length: MAX_MEAN_STEPS }, (_, index) => at((index + 0.5) / MAX_MEAN_STEPS));
}

/** Returns the curve's mean around each step, or the value between its neighbors; null outside of the curve. */
function sampled({ steps, values }: Curve, at: readonly number[]): (number | null)[] {
  const found: (number | null)[] = [];
  let row = 0;
  for (const [index, step] of at.entries()) {
    const end = (step + (at[index + 1] ?? step)) / 2;
    let total = 0;
    let count = 0;
    for (; row < steps.length && (steps[row] ?? 0) <= end; row++) {
      const value = values[row];
      if (value == null) continue;
      total += value;
      count += 1;
    }
    found.push(count > 0 ? total / count : between(steps, values, row, step));
  }
  return found;
}

/** Interpolates between the last row before the step and the given one, which is the first after it. */
function between(
  steps: readonly number[],
  values: readonly (number | null)[],
  row: number,
  step: number,
): number | null {
  const [before, after] = [steps[row - 1], steps[row]];
  const [low, high] = [values[row - 1] ?? null, values[row] ?? null];
  if (before === undefined || after === undefined || low === null || high === null) return null;
  return low + ((high - low) * (step - before)) / (after - before);
}
