/** A part of a log, and the width that it is drawn in. */
export interface Window {
  readonly fromStep: number;
  readonly toStep: number;
  readonly pixels: number;
  /** Whether the axis of the steps is logarithmic: pixels then stand for equal ratios. */
  readonly isLog: boolean;
}

export interface Points {
  readonly steps: number[];
  /** Null for what is no finite number, as JSON has none. */
  readonly values: (number | null)[];
  readonly isExact: boolean;
}

/**
 * The points of a window, and its neighbours on either side, so that lines go on to its edges. Where there are more than two a pixel,
 * the least and the largest value of each pixel, at their steps, and the first and the last:
 * the line that is drawn is that of all points.
 * @param steps ascending
 */
export function downSample(
  steps: ArrayLike<number>,
  values: ArrayLike<number | null>,
  asked: Window,
): Points {
  const window = { ...asked, toStep: Math.min(asked.toStep, steps[steps.length - 1] ?? 0) };
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

/** The step at which a pixel begins. */
function edge({ fromStep, toStep, pixels, isLog }: Window, pixel: number): number {
  const share = pixel / pixels;
  if (!isLog) return fromStep + (toStep - fromStep) * share;
  const from = Math.max(1, fromStep);
  return from * (toStep / from) ** share;
}

/** Rows of the least and the largest value, in their order; the first row where none is a number. */
function extremes(values: ArrayLike<number | null>, start: number, stop: number): number[] {
  if (start >= stop) return [];
  let least = -1;
  let largest = -1;
  for (let row = start; row < stop; row++) {
    const value = values[row];
    if (!isNumber(value)) continue;
    if (least < 0 || value < Number(values[least])) least = row;
    if (largest < 0 || value > Number(values[largest])) largest = row;
  }
  if (least < 0) return [start];
  return least === largest ? [least] : [Math.min(least, largest), Math.max(least, largest)];
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

/** The first row whose step is not below. */
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
