import { max, median, min } from 'simple-statistics';
import { indexOf } from '../../search/distributions.js';
import type { LogColumn } from '../../task/column.js';
import type { SettingValue } from '../../task/setting-values.js';
import { settingText } from '../../task/settings.js';
import { typeset } from '../figures/typography.js';
import type { Comparison, Point } from './compared.js';
import { activeValue, type SearchedSetting } from './searched-settings.js';

/** A scale of numbers from `low` to `high`. */
export interface NumberAxis {
  readonly kind: 'numbers';
  readonly isLog: boolean;
  readonly low: number;
  readonly high: number;
}

/** Values that are placed side by side. */
interface CategoryAxis {
  readonly kind: 'categories';
  readonly texts: readonly string[];
}

export type SettingAxis = NumberAxis | CategoryAxis;

/** Positive values of a metric that span this ratio have a logarithmic axis. */
const MIN_LOG_RATIO = 100;
/** A linear axis ends at this many times the distance from the best to the median value. */
const MAX_MEDIAN_DISTANCES = 6;

/** Returns the axis of a setting: the range of its distribution, or its values if they are listed or a choice. */
export function settingAxis(comparison: Comparison, { name, distribution }: SearchedSetting): SettingAxis {
  const { points } = comparison;
  const values = points.flatMap(({ task }) => {
    const value = activeValue(comparison, task, name);
    return value === undefined ? [] : [{ value, text: valueText({ task }, name) }];
  });
  if (distribution === null || distribution.kind === 'choice') {
    const areNumbers = values.every(({ value }) => typeof value === 'number');
    const placeOf = (value: SettingValue) =>
      areNumbers ? Number(value) : distribution === null ? 0 : indexOf(distribution, value);
    const sorted = values.sort((a, b) => placeOf(a.value) - placeOf(b.value));
    return { kind: 'categories', texts: [...new Set(sorted.map(({ text }) => text))] };
  }
  const numbers = values.map(({ value }) => Number(value));
  const { low, high } =
    distribution.kind === 'normal' ? { low: min(numbers), high: max(numbers) } : distribution;
  return { kind: 'numbers', isLog: distribution.kind === 'logUniform', low, high };
}

/** Returns a setting's value as text. */
export function valueText({ task }: Pick<Point, 'task'>, name: string): string {
  return typeset(settingText(task.settings, name));
}

/**
 * Returns the axis of the metric. It is logarithmic if the column says so or the values span decades. A linear axis ends before values
 * that are so bad that the others would be indistinguishable: marks must clamp them.
 */
export function metricAxis({ goal, points }: Comparison, { isLog = false }: Partial<LogColumn>): NumberAxis {
  const means = points.map(({ mean }) => mean);
  const [low, high] = [min(means), max(means)];
  if (low > 0 && (isLog || high / low >= MIN_LOG_RATIO)) return { kind: 'numbers', isLog: true, low, high };
  const reach = MAX_MEDIAN_DISTANCES * Math.abs(median(means) - (goal === 'min' ? low : high));
  if (reach === 0) return { kind: 'numbers', isLog: false, low, high };
  return goal === 'min'
    ? { kind: 'numbers', isLog: false, low, high: Math.min(high, low + reach) }
    : { kind: 'numbers', isLog: false, low: Math.max(low, high - reach), high };
}

/** Returns a sentence that counts the points beyond the metric's axis; empty if there are none. */
export function beyondNotes({ points }: Comparison, { low, high }: NumberAxis): string[] {
  const count = points.filter(({ mean }) => mean < low || mean > high).length;
  if (count === 0) return [];
  return [`${count === 1 ? '1 worse value is' : `${count} worse values are`} drawn at the end of the axis.`];
}

/** Returns the place of a number on an axis, from 0 to 1. */
export function positionOn({ isLog, low, high }: NumberAxis, value: number): number {
  if (low === high) return 0.5;
  const at = (number: number) => (isLog ? Math.log(number) : number);
  return Math.min(1, Math.max(0, (at(value) - at(low)) / (at(high) - at(low))));
}
