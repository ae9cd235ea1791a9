import type { ColumnType, LogColumn } from '../task/column.js';

/** The column that curves are drawn over. */
export const STEP = 'step';
const NUMBERS: readonly ColumnType[] = ['int32', 'float32', 'float64'];
/** Units that go without saying. */
const UNSAID = ['-', '1', 'count'];

/** What a column is called on an axis. */
export function titleOf({ name, title, unit }: LogColumn): string {
  return title ?? (UNSAID.includes(unit) ? name : `${name} (${unit})`);
}

/** What a column is called where there is less room. */
export function shortTitleOf(column: LogColumn): string {
  return column.short ?? titleOf(column);
}

/** Ticks for a linear axis of the column. */
export function linearTicks({ type }: LogColumn): { tickCount: number; tickMinStep?: number } {
  return { tickCount: 5, ...(type === 'int32' ? { tickMinStep: 1 } : {}) };
}

/** The columns of numbers that are shown; of those with names, in the order of the names. */
export function shownColumns(columns: readonly LogColumn[], names?: readonly string[]): LogColumn[] {
  const numbers = columns.filter(({ name, type }) => name !== STEP && NUMBERS.includes(type));
  return names === undefined
    ? numbers
    : names.flatMap((name) => numbers.find((column) => column.name === name) ?? []);
}
