import { isNumeric, type LogColumn } from '../task/column.js';

/** The column on the x axis of curves. */
export const STEP = 'step';
/** Units that axis titles leave out. */
const HIDDEN_UNITS = ['-', '1', 'count'];

/** Returns a column's title for an axis. */
export function titleOf({ name, title, unit }: LogColumn): string {
  return title ?? (HIDDEN_UNITS.includes(unit) ? name : `${name} (${unit})`);
}

/** Returns a column's title for places with little room, such as a table head. */
export function shortTitleOf(column: LogColumn): string {
  return column.short ?? titleOf(column);
}

/** Returns Vega-Lite's tick options for a linear axis of the column. */
export function linearTicks({ type }: LogColumn): { tickCount: number; tickMinStep?: number } {
  return { tickCount: 5, ...(type === 'int32' ? { tickMinStep: 1 } : {}) };
}

/** Returns the numeric columns except the step. With `names`, only these columns, in the order of the names. */
export function shownColumns(columns: readonly LogColumn[], names?: readonly string[]): LogColumn[] {
  const numbers = columns.filter((column) => column.name !== STEP && isNumeric(column));
  return names === undefined
    ? numbers
    : names.flatMap((name) => numbers.find((column) => column.name === name) ?? []);
}
