import type { Problem } from '../input/problems.js';
import { throwProblems } from '../input/problems.js';
import { samplers } from '../search/samplers/index.js';
import type { Space, SpaceSetting } from '../search/space.js';
import type { SettingValue } from '../task/setting-values.js';
import { formatSetting, isSameSetting } from '../task/settings.js';
import { entriesOf } from './grid.js';
import type { SweepDefinition } from './sweep-file.js';

/**
 * Asserts that a sweep file's `sample` and `space` belong together, that its space sets nothing twice, and that conditions can hold.
 * @throws InputError with the place of each problem
 */
export function assertValidSpace(definition: SweepDefinition): void {
  const { source, space } = definition;
  throwProblems(source, [
    ...sampleProblems(definition),
    ...space.flatMap((setting) => [
      ...repeatedSettings(definition, setting),
      ...requiredSettings(definition, setting),
      ...conditionProblems(definition, setting),
    ]),
    ...circularConditions(space),
  ]);
}

function sampleProblems({ sample, space }: SweepDefinition): Problem[] {
  if (sample === null)
    return space.length === 0
      ? []
      : [{ path: ['space'], message: 'requires `sample`, for example sample: { count: 64 }', of: 'key' }];
  if (space.length === 0)
    return [
      {
        path: ['sample'],
        message: 'requires `space`, for example space: { learningRate: { logUniform: [1e-5, 1e-2] } }',
        of: 'key',
      },
    ];
  const maxDimensions = sample.method === 'tpe' ? null : samplers[sample.method].maxDimensions;
  if (maxDimensions === null || space.length <= maxDimensions) return [];
  const message = `${sample.method} has up to ${maxDimensions} settings, but the space has ${space.length}: use latin-hypercube or random`;
  return [{ path: ['sample', 'method'], message }];
}

function repeatedSettings({ grid, settings }: SweepDefinition, { name }: SpaceSetting): Problem[] {
  const other = Object.hasOwn(grid, name) ? 'grid' : Object.hasOwn(settings, name) ? 'settings' : null;
  if (other === null) return [];
  return [
    { path: ['space', name], message: `also a key of \`${other}\`: set it in one place only`, of: 'key' },
  ];
}

function requiredSettings({ experiment }: SweepDefinition, { name, when }: SpaceSetting): Problem[] {
  if (!experiment.required.includes(name) || entriesOf(when).length === 0) return [];
  const message = `every task of ${experiment.name} needs ${name}: remove \`when\``;
  return [{ path: ['space', name, 'when'], message, of: 'key' }];
}

function conditionProblems(definition: SweepDefinition, { name, when }: SpaceSetting): Problem[] {
  return entriesOf(when).flatMap(([other, value]): Problem[] => {
    const path = ['space', name, 'when', other];
    if (!isMentioned(definition, other))
      return [{ path, message: `${other} does not vary: add it to \`space\` or \`grid\``, of: 'key' }];
    if (isPossible(definition, other, value)) return [];
    const text = formatSetting(definition.experiment, other, value);
    return [{ path, message: `never holds: no cell has ${other} ${text}` }];
  });
}

function isMentioned({ grid, settings, space, include }: SweepDefinition, name: string): boolean {
  return (
    [grid, settings, ...include].some((values) => Object.hasOwn(values, name)) ||
    space.some((setting) => setting.name === name)
  );
}

function isPossible(
  { grid, settings, space, include }: SweepDefinition,
  name: string,
  value: SettingValue,
): boolean {
  const fixed = [settings, ...include].flatMap(({ [name]: own }) => (own === undefined ? [] : [own]));
  const distribution = space.find((setting) => setting.name === name)?.distribution;
  const listed = distribution?.kind === 'choice' ? distribution.values : [];
  const isListed = [...(grid[name] ?? []), ...fixed, ...listed].some((own) => isSameSetting(own, value));
  // A value of a range may be drawn or not.
  return isListed || (distribution !== undefined && distribution.kind !== 'choice');
}

/** Finds settings whose conditions lead back to themselves. */
function circularConditions(space: Space): Problem[] {
  const needs = new Map(space.map(({ name, when }) => [name, Object.keys(when)]));
  const reaches = (from: string, to: string, seen: Set<string>): boolean =>
    (needs.get(from) ?? []).some((next) => {
      if (next === to) return true;
      if (seen.has(next)) return false;
      seen.add(next);
      return reaches(next, to, seen);
    });
  return space
    .filter(({ name }) => reaches(name, name, new Set()))
    .map(({ name }) => ({
      path: ['space', name, 'when'],
      message: `circular: ${name} depends on itself`,
      of: 'key' as const,
    }));
}
