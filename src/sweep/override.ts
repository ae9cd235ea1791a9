import type { Assignments } from './assignments.js';
import type { Grid } from './file-schema.js';
import { without } from './grid.js';
import type { SettingValues } from '../task/setting-values.js';
import type { SweepDefinition } from './sweep-file.js';

/**
 * Returns the sweep with the assigned values instead of the file's values of the same settings, in its grid, settings and included
 * cells. A setting with several values becomes a grid key. Exclusions that name an assigned setting no longer apply. Settings that the
 * experiment does not have are ignored.
 */
export function override(definition: SweepDefinition, assignments: Assignments): SweepDefinition {
  const { schemas } = definition.experiment;
  const own = [...assignments].filter(([name]) => Object.hasOwn(schemas, name));
  const assigned = Object.fromEntries(own);
  const lists: Grid = Object.fromEntries(own.filter(([, values]) => values.length > 1));
  const single = Object.fromEntries(own.map(([name, [value]]) => [name, value])) as SettingValues;
  return {
    ...definition,
    grid: { ...without(definition.grid, assigned), ...lists },
    settings: { ...without(definition.settings, assigned), ...without(single, lists) },
    include: definition.include.map((cell) => without(cell, assigned)),
    exclude: definition.exclude.filter((cell) =>
      Object.keys(cell).every((name) => !Object.hasOwn(assigned, name)),
    ),
    overridden: new Set([...definition.overridden, ...Object.keys(assigned)]),
  };
}
