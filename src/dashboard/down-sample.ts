/** A range of steps of a log, and the width at which it is drawn. */
export interface Window {
  readonly fromStep: number;
  readonly toStep: number;
  readonly pixels: number;
  /** Whether the step axis is logarithmic, so that pixels stand for equal ratios. */
  readonly isLog: boolean;
}

export interface Points {
  readonly steps: number[];
  /** The values; null if not finite, because JSON has no such numbers. */
  readonly values: (number | null)[];
  /** Whether these are all points of the window. */
  readonly isExact: boolean;
}

/**
 * Returns the points of a window and one neighbor on either side, so that lines extend to its edges. If there are more than two points
 * per pixel, returns the minimum and maximum of each pixel, and the first and last points, which draw the same line.
 * @param steps the steps in ascending order
 */
export function downSample(
  steps: ArrayLike<number>,
  values: ArrayLike<number | null>,
  requested: Window,
): Points {
  const window = { ...requested, toStep: Math.min(requested.toStep, steps[steps.length - 1] ?? 0) };
  const first = Math.max(0, lowerBound(steps, window.fromStep) - 1);
  const end = Math.min(steps.length, lowerBound(steps, window.toStep + 1) + 1);
  if (end - first <= 2 * window.pixels) return pointsAt(range(first, end), steps, values, true);
  const rows: number[] = [first];
  let start = first + 1;
  for (let pixel = 1; pixel <= window.pixels; pixel++) {
    const stop =
      pixel === window.pixels ? end - 1 : Math.min(end - 1, lowerBound(steps, edge(window, pixel), start));
    rows.push(...extremes(values, start, stop));
    start = stop;
  }
  return pointsAt([...rows, end - 1], steps, values, false);
}

/** Returns the mean of each pixel at the middle of its steps, for pixels with a number. @param steps the steps in ascending order */
export function pixelMeans(
  steps: ArrayLike<number>,
  values: ArrayLike<number | null>,
  requested: Window,
): Omit<Points, 'isExact'> {
  const window = { ...requested, toStep: Math.min(requested.toStep, steps[steps.length - 1] ?? 0) };
  const end = lowerBound(steps, window.toStep + 1);
  const means: Omit<Points, 'isExact'> = { steps: [], values: [] };
  let start = lowerBound(steps, window.fromStep);
  for (let pixel = 1; pixel <= window.pixels; pixel++) {
    const stop = pixel === window.pixels ? end : Math.min(end, lowerBound(steps, edge(window, pixel), start));
    const numbers = range(start, stop).flatMap((row) => (isNumber(values[row]) ? values[row] : []));
    if (numbers.length > 0) {
      means.steps.push((Number(steps[start]) + Number(steps[stop - 1])) / 2);
      means.values.push(numbers.reduce((sum, value) => sum + value / numbers.length, 0));
    }
    start = stop;
  }
  return means;
}

/** Returns the step at which a pixel starts. */
function edge({ fromStep, toStep, pixels, isLog }: Window, pixel: number): number {
  const share = pixel / pixels;
  if (!isLog) return fromStep + (toStep - fromStep) * share;
  const from = Math.max(1, fromStep);
  return from * (toStep / from) ** share;
}

/** Returns the rows of the minimum and maximum in ascending order, or the first row if no value is a number. */
function extremes(values: ArrayLike<number | null>, start: number, stop: number): number[] {
  if (start >= stop) return [];
  let min = -1;
  let max = -1;
  for (let row = start; row < stop; row++) {
    const value = values[row];
    if (!isNumber(value)) continue;
    if (min < 0 || value < Number(values[min])) min = row;
    if (max < 0 || value > Number(values[max])) max = row;
  }
  if (min < 0) return [start];
  return min === max ? [min] : [Math.min(min, max), Math.max(min, max)];
}

function pointsAt(
  rows: readonly number[],
  steps: ArrayLike<number>,
  values: ArrayLike<number | null>,
  isExact: boolean,
): Points {
  return {
    steps: rows.map((row) => Number(steps[row])),
    values: rows.map((row) => {
      const value = values[row];
      return isNumber(value) ? value : null;
    }),
    isExact,
  };
}

/** Returns the first row with at least the given step. */
function lowerBound(steps: ArrayLike<number>, step: number, from = 0): number {
  let low = from;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (Number(steps[middle]) < step) low = middle + 1;
    else high = middle;
  }
  return low;
}

function range(first: number, end: number): number[] {
  return Array.from({ length: Math.max(0, end - first) }, (_, index) => first + index);
}

function isNumber(value: number | null | undefined): value is number {
  return Number.isFinite(value);
}
