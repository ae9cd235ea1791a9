import { sampledSettings } from './draws.js';
import type { Grid } from './file-schema.js';
import { withoutInactive } from '../search/space.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import { isSameSetting } from '../task/settings.js';
import type { SweepDefinition } from './sweep-file.js';

/** The values of one cell. */
export interface Cell {
  readonly values: SettingValues;
  /** Index of its entry in `include`; null for a cell of the grid. */
  readonly included: number | null;
  /** Index of the sampled point whose values it has, or null. */
  readonly point: number | null;
}

/**
 * Yields the cells in the file's order: the points vary slowest, so that more points append cells, then the first grid key. Included
 * cells come last.
 */
export function* cellsOf(
  definition: SweepDefinition,
  points: readonly SettingValues[],
): Generator<Cell, void, undefined> {
  const { include, exclude, includedOnly } = definition;
  const excluded = exclude.map(entriesOf);
  const isExcluded = (values: SettingValues) =>
    excluded.some((cell) => cell.every(([name, value]) => isSame(values[name], value)));
  if (!includedOnly)
    for (const cell of cellsWith(definition, points, {}, null)) if (!isExcluded(cell.values)) yield cell;
  for (const [included, cell] of include.entries()) yield* cellsWith(definition, points, cell, included);
}

/** Counts the cells before `exclude`, without expanding them. */
export function countCells(definition: SweepDefinition): number {
  const { grid, include, includedOnly, sample } = definition;
  const count = (own: SettingValues) =>
    size(without(grid, own)) * (isSampled(definition, own) ? (sample?.count ?? 1) : 1);
  return include.map(count).reduce((sum, cells) => sum + cells, includedOnly ? 0 : count({}));
}

/** Yields the cells with these own values and, for other settings, each point's values and all combinations of the grid. */
function* cellsWith(
  definition: SweepDefinition,
  points: readonly SettingValues[],
  own: SettingValues,
  included: number | null,
): Generator<Cell> {
  const { grid, settings } = definition;
  const searched = sampledSettings(definition).filter(({ name }) => !Object.hasOwn(own, name));
  const drawn = isSampled(definition, own) ? points : [{}];
  for (const [index, point] of drawn.entries())
    for (const values of product(without(grid, own), { ...settings, ...point, ...own }))
      yield {
        values: withoutInactive(searched, values),
        included,
        point: drawn === points ? index : null,
      };
}

/** Returns whether cells with these values take others from the points. */
function isSampled(definition: SweepDefinition, own: SettingValues): boolean {
  return sampledSettings(definition).some(({ name }) => !Object.hasOwn(own, name));
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

function isSame(value: SettingValue | undefined, other: SettingValue): boolean {
  return value !== undefined && isSameSetting(value, other);
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
