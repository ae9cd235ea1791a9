import type { Assignments } from './assignments.js';
import type { Grid } from './file-schema.js';
import { without } from './grid.js';
import type { SettingValues } from '../task/setting-values.js';
import type { SweepDefinition } from './sweep-file.js';

/**
 * The sweep with these values in place of all that the file gives for the same settings, in its grid, settings and included
 * cells. A setting with several values becomes a key of the grid. Exclusions that name an assigned setting no longer apply. What the
 * sweep's experiment does not have is left out.
 */
export function override(definition: SweepDefinition, assignments: Assignments): SweepDefinition {
  const { schemas } = definition.experiment;
  const own = [...assignments].filter(([name]) => Object.hasOwn(schemas, name));
  const given = Object.fromEntries(own);
  const lists: Grid = Object.fromEntries(own.filter(([, values]) => values.length > 1));
  const single = Object.fromEntries(own.map(([name, [value]]) => [name, value])) as SettingValues;
  return {
    ...definition,
    grid: { ...without(definition.grid, given), ...lists },
    settings: { ...without(definition.settings, given), ...without(single, lists) },
    include: definition.include.map((cell) => without(cell, given)),
    exclude: definition.exclude.filter((cell) =>
      Object.keys(cell).every((name) => !Object.hasOwn(given, name)),
    ),
    overridden: new Set([...definition.overridden, ...Object.keys(given)]),
  };
}
