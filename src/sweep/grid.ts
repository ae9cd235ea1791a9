import type { Grid } from './file-schema.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import { isSameSetting } from '../task/settings.js';
import type { SweepDefinition } from './sweep-file.js';

/** The values of one cell. `included` is the index of its entry in `include`, or null for a cell of the grid. */
export interface Cell {
  readonly values: SettingValues;
  readonly included: number | null;
}

/** Yields the cells in the file's order: the first grid key varies slowest, and included cells come last. */
export function* cellsOf(definition: SweepDefinition): Generator<Cell> {
  const { grid, settings, include, exclude, includedOnly } = definition;
  const excluded = exclude.map((cell) => ownValues(grid, cell));
  const isExcluded = (values: SettingValues) =>
    excluded.some((cell) => cell.every(([name, value]) => values[name] === value));
  if (!includedOnly)
    for (const values of product(grid, settings)) if (!isExcluded(values)) yield { values, included: null };
  for (const [included, cell] of include.entries())
    for (const values of product(without(grid, cell), { ...settings, ...cell })) yield { values, included };
}

/** Counts the cells before `exclude`, without expanding them. */
export function countCells({ grid, include, includedOnly }: SweepDefinition): number {
  const included = include.map((cell) => size(without(grid, cell)));
  return included.reduce((sum, count) => sum + count, includedOnly ? 0 : size(grid));
}

export function entriesOf(values: SettingValues): [string, SettingValue][] {
  return Object.entries(values);
}

export function listsOf(grid: Grid): [string, readonly SettingValue[]][] {
  return Object.entries(grid);
}

/** Returns the settings or lists whose keys `other` does not have. */
export function without<Values extends object>(values: Values, other: object): Values {
  const kept = Object.entries(values).filter(([name]) => !Object.hasOwn(other, name));
  return Object.fromEntries(kept) as Values;
}

/** Returns the grid's own copies of a cell's values, so that lists can be compared by reference. */
function ownValues(grid: Grid, cell: SettingValues): [string, SettingValue | undefined][] {
  return entriesOf(cell).map(([name, value]) => [name, grid[name]?.find((own) => isSameSetting(own, value))]);
}

function product(grid: Grid, fixed: SettingValues): SettingValues[] {
  return listsOf(grid).reduce<SettingValues[]>(
    (cells, [name, values]) => cells.flatMap((cell) => values.map((value) => ({ ...cell, [name]: value }))),
    [fixed],
  );
}

function size(grid: Grid): number {
  return listsOf(grid).reduce((product, [, values]) => product * values.length, 1);
}
