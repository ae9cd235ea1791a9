import type { Grid } from './file-schema.js';
import { entriesOf, listsOf } from './grid.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import type { Problem } from '../input/problems.js';
import { refuseProblems, summary } from '../input/problems.js';
import { formatSetting, isSameSetting } from '../task/settings.js';
import type { SweepDefinition } from './sweep-file.js';

/** Throws if the file, nothing overridden, gives a setting or a value twice, or excludes what is not there. */
export function refuseContradictions(definition: SweepDefinition): void {
  const { source, experiment, grid, settings, exclude } = definition;
  const lists = listsOf(grid);
  refuseProblems(source, [
    ...lists.flatMap(([name]) => givenTwice(name, settings)),
    ...lists.flatMap(([name, values]) => repetitions(experiment, name, values)),
    ...exclude.flatMap((cell, i) => idleExclusions(experiment, i, cell, grid)),
  ]);
}

function givenTwice(name: string, settings: SettingValues): Problem[] {
  if (!Object.hasOwn(settings, name)) return [];
  return [{ path: ['settings', name], message: 'it is a key of `grid` too: give it once', of: 'key' }];
}

function repetitions(experiment: Experiment, name: string, values: readonly SettingValue[]): Problem[] {
  const first = new Map<string, number>();
  const problems: Problem[] = [];
  for (const [i, value] of values.entries()) {
    const key = String(value);
    const earlier = first.get(key);
    if (earlier === undefined) first.set(key, i);
    else
      problems.push({
        path: ['grid', name, i],
        message: `the cells with ${name} ${formatSetting(experiment, name, value)} are there already, by grid.${name}[${earlier}]`,
      });
  }
  return problems;
}

function idleExclusions(experiment: Experiment, i: number, cell: SettingValues, grid: Grid): Problem[] {
  return entriesOf(cell).flatMap(([name, value]): Problem[] => {
    const list = grid[name];
    const path = ['exclude', i, name];
    if (list === undefined) return [{ path, message: `${name} is not a key of \`grid\``, of: 'key' }];
    if (list.some((own) => isSameSetting(own, value))) return [];
    const there = summary(list.map((own) => formatSetting(experiment, name, own)));
    return [
      {
        path,
        message: `excludes nothing: the grid has no ${name} ${formatSetting(experiment, name, value)}, but ${there}`,
      },
    ];
  });
}
