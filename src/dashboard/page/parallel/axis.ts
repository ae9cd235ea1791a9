import { newFilter, type Filter } from '../filters/filter.js';
import type { TaskInfo } from '../protocol.js';
import type { Column } from '../results.js';

/** A vertical axis: the positions of its values, from 0 at the bottom to 1 at the top. */
export interface Axis {
  readonly column: Column;
  /** Returns the position of a task; null if it has no value. */
  readonly shareOf: (id: string) => number | null;
  readonly ticks: readonly { readonly share: number; readonly text: string }[];
  /** The positions of texts. */
  readonly stops: readonly number[];
  /** Returns the value at a position as text. */
  readonly textAt: (share: number) => string;
  /** Returns the filter that keeps the values between two positions; null if these are all. */
  readonly filterOf: (low: number, high: number) => Filter | null;
  /** Returns the lowest and the highest position that a filter keeps. */
  readonly span: (filter: Filter | undefined) => readonly [number, number];
}

/** Axes with more texts show only the first and the last. */
const MAX_TICKS = 10;
/** A brushed bound is rounded to a power of ten, of which at least so many make up the range. */
const MIN_STEPS = 1_000;
/** The digits of a double without those that rounding may change. */
const MAX_DIGITS = 12;

/** Returns the axis of a column over the values of the tasks; null if no task has one. */
export function axisOf(column: Column, infos: readonly TaskInfo[]): Axis | null {
  const values = infos.flatMap(({ id }) => column.numberOf(id) ?? []);
  if (values.length === 0) return null;
  const min = values.reduce((a, b) => Math.min(a, b));
  const max = values.reduce((a, b) => Math.max(a, b));
  const isLog = column.isLog && min > 0;
  const [from, to] = isLog ? [Math.log(min), Math.log(max)] : [min, max];
  const shareOfNumber = (value: number): number =>
    to > from ? ((isLog ? Math.log(Math.max(value, min)) : value) - from) / (to - from) : 0.5;
  const valueAt = (share: number): number => {
    const at = from + share * (to - from);
    return isLog ? Math.exp(at) : at;
  };
  const common = {
    column,
    shareOf: (id: string) => {
      const value = column.numberOf(id);
      return value === null ? null : shareOfNumber(value);
    },
  };
  if (column.texts !== null) return { ...common, ...textAxis(column, infos, common.shareOf) };
  const shares = to > from ? [0, 0.5, 1] : [0.5];
  return {
    ...common,
    ticks: shares.map((share) => ({ share, text: column.format(valueAt(share)) })),
    stops: [],
    textAt: (share) => column.format(valueAt(share)),
    filterOf: (low, high) => {
      if (low <= 0 && high >= 1) return null;
      const bound = (share: number): number => {
        const value = valueAt(share);
        // The length of a unit of a logarithmic axis grows with its values.
        return roundTo(value, (isLog ? value : 1) * (to - from));
      };
      return {
        ...newFilter(column),
        min: low <= 0 ? null : bound(low),
        max: high >= 1 ? null : bound(high),
      };
    },
    span: (filter) => [
      clamp(filter?.min == null ? 0 : shareOfNumber(filter.min)),
      clamp(filter?.max == null ? 1 : shareOfNumber(filter.max)),
    ],
  };
}

/** Returns the parts of an axis whose values are texts, some of which may stand for numbers. */
function textAxis(column: Column, infos: readonly TaskInfo[], shareOf: Axis['shareOf']) {
  const shares = new Map<string, number>();
  for (const { id } of infos) {
    const share = shareOf(id);
    if (share !== null) shares.set(column.textOf(id), share);
  }
  const ordered = [...shares].sort(([, a], [, b]) => a - b).map(([text, share]) => ({ text, share }));
  const nearest = (at: number) =>
    [...ordered].sort((a, b) => Math.abs(a.share - at) - Math.abs(b.share - at))[0];
  return {
    ticks: ordered.length <= MAX_TICKS ? ordered : [...ordered.slice(0, 1), ...ordered.slice(-1)],
    stops: ordered.map(({ share }) => share),
    textAt: (share: number): string => nearest(share)?.text ?? '',
    filterOf: (low: number, high: number): Filter | null => {
      const inside = ordered.filter(({ share }) => share >= low && share <= high);
      if (inside.length === ordered.length) return null;
      const kept = inside.length > 0 ? inside : ordered.filter((each) => each === nearest((low + high) / 2));
      return { ...newFilter(column), texts: kept.map(({ text }) => text) };
    },
    span: (filter: Filter | undefined): readonly [number, number] => {
      const kept = (filter?.texts ?? []).flatMap((text) => shares.get(text) ?? []);
      return kept.length === 0 ? [0, 1] : [Math.min(...kept), Math.max(...kept)];
    },
  };
}

/** Rounds a value on an axis of such a range. */
function roundTo(value: number, range: number): number {
  if (range === 0) return value;
  const step = 10 ** Math.floor(Math.log10(range / MIN_STEPS));
  return Number((Math.round(value / step) * step).toPrecision(MAX_DIGITS));
}

function clamp(share: number): number {
  return Math.min(1, Math.max(0, share));
}
