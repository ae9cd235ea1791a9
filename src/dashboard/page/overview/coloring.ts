import type { Column } from '../results.js';
import { colorScale, type ColorScale, type ScaleName } from '../scale.js';
import { standardError, statisticsOf, type Statistics } from '../statistics.js';
import type { GridCell, GridLayout } from './layout.js';

export const STATISTICS = ['mean', 'spread', 'min', 'max'] as const;
export type StatisticName = (typeof STATISTICS)[number];

/** How cells are colored: by state, or by a number. */
export interface Coloring {
  readonly column: Column;
  readonly scale: ColorScale;
  readonly statistic: StatisticName;
  /** Returns the number of a cell; null if none of its tasks has one. */
  readonly valueOf: (cell: GridCell) => number | null;
}

/** Returns the coloring of the cells by a column; null if no task has a number yet. */
export function coloringBy(
  column: Column,
  statistic: StatisticName,
  scaleName: ScaleName,
  layouts: readonly GridLayout[],
): Coloring | null {
  const valueOf = (cell: GridCell): number | null => {
    const statistics = cellStatistics(column, cell);
    return statistics === null ? null : pick(statistics, statistic);
  };
  const values = layouts.flatMap(({ rows }) =>
    rows.flatMap(({ cells }) => cells.flatMap((cell) => valueOf(cell) ?? [])),
  );
  const scale = colorScale(scaleName, values);
  return scale === null ? null : { column, scale, statistic, valueOf };
}

function cellStatistics({ numberOf }: Column, cell: GridCell): Statistics | null {
  return statisticsOf(cell.map(({ id }) => numberOf(id)));
}

/** Formats the value of one task, or the mean and the standard error of several. */
export function describeCell(column: Column, cell: GridCell): string {
  const [only] = cell;
  if (only !== undefined && cell.length === 1) return column.textOf(only.id);
  const statistics = column.isNumeric ? cellStatistics(column, cell) : null;
  if (statistics === null) return '';
  const error = standardError(statistics);
  return error === null
    ? column.format(statistics.mean)
    : `${column.format(statistics.mean)} ± ${column.format(error)}`;
}

function pick(statistics: Statistics, name: StatisticName): number | null {
  return { mean: statistics.mean, spread: statistics.deviation, min: statistics.min, max: statistics.max }[
    name
  ];
}
