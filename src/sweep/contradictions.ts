import { entriesOf, listsOf } from './grid.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import type { Problem } from '../input/problems.js';
import { joinTruncated, throwProblems } from '../input/problems.js';
import { formatSetting, isSameSetting } from '../task/settings.js';
import type { SweepDefinition } from './sweep-file.js';

/**
 * Asserts that a sweep file, before any overrides, sets nothing twice and excludes only cells of its grid.
 * @throws InputError with the place of each problem
 */
export function assertNoContradictions(definition: SweepDefinition): void {
  const { source, experiment, grid, settings, exclude } = definition;
  const lists = listsOf(grid);
  throwProblems(source, [
    ...lists.flatMap(([name]) => fixedGridKeys(name, settings)),
    ...lists.flatMap(([name, values]) => duplicateValues(experiment, name, values)),
    ...exclude.flatMap((cell, i) => unmatchedExclusions(definition, i, cell)),
  ]);
}

function fixedGridKeys(name: string, settings: SettingValues): Problem[] {
  if (!Object.hasOwn(settings, name)) return [];
  return [{ path: ['settings', name], message: 'also a key of `grid`: set it in one place only', of: 'key' }];
}

function duplicateValues(experiment: Experiment, name: string, values: readonly SettingValue[]): Problem[] {
  const first = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [i, value] of values.entries()) {
    const key = String(value);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, i);
    else
      problems.push({
        path: ['grid', name, i],
        message: `duplicate value: ${formatSetting(experiment, name, value)} is already grid.${name}[${earlier}]`,
      });
  }
  return problems;
}

function unmatchedExclusions(
  { experiment, grid, space }: SweepDefinition,
  i: number,
  cell: SettingValues,
): Problem[] {
  return entriesOf(cell).flatMap(([name, value]): Problem[] => {
    const searched = space.find((setting) => setting.name === name);
    const list = searched?.distribution.kind === 'choice' ? searched.distribution.values : grid[name];
    const path = ['exclude', i, name];
    if (searched !== undefined && list === undefined) return [];
    if (list === undefined) return [{ path, message: `${name} is not a key of \`grid\``, of: 'key' }];
    if (list.some((own) => isSameSetting(own, value))) return [];
    const present = joinTruncated(list.map((own) => formatSetting(experiment, name, own)));
    return [
      {
        path,
        message: `excludes nothing: the ${searched === undefined ? 'grid' : 'space'} has no ${name} ${formatSetting(experiment, name, value)}, only ${present}`,
      },
    ];
  });
}
