import { throwProblems, type Problem } from '../input/problems.js';
import { quantile } from '../search/distributions.js';
import { unitNumber } from '../search/random.js';
import { samplers } from '../search/samplers/index.js';
import type { SpaceSetting } from '../search/space.js';
import type { SettingValue, SettingValues } from '../task/setting-values.js';
import type { SweepDefinition } from './sweep-file.js';

/** Returns the settings of the space that no override replaces. */
export function sampledSettings({ space, overridden }: SweepDefinition): SpaceSetting[] {
  return space.filter(({ name }) => !overridden.has(name));
}

/**
 * Returns the values of the sampled settings at each point, in canonical form. A setting keeps its values if another one is overridden.
 * There are none if the points depend on results.
 * @throws InputError if the experiment does not accept a value
 */
export function drawPoints(definition: SweepDefinition): SettingValues[] {
  const { space, sample } = definition;
  if (sample === null || sample.method === 'tpe') return [];
  const { coordinates } = samplers[sample.method];
  const columns = sampledSettings(definition).map(({ name, distribution }) => {
    const dimension = space.findIndex((setting) => setting.name === name);
    const words = coordinates(sample.seed, dimension, sample.count);
    return [name, Array.from(words, (word) => quantile(distribution, unitNumber(word)))] as const;
  });
  const points = Array.from({ length: sample.count }, (_, point) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[point] ?? null])),
  );
  return canonicalPoints(definition, points);
}

/**
 * Returns the points with values in canonical form.
 * @throws InputError with the first point of each setting that the experiment does not accept
 */
export function canonicalPoints(
  definition: SweepDefinition,
  points: readonly SettingValues[],
): SettingValues[] {
  const { source, experiment } = definition;
  const settings = new Map(sampledSettings(definition).map((setting) => [setting.name, setting]));
  const problems = new Map<string, Problem>();
  const parse = (name: string, drawn: SettingValue, point: number): SettingValue => {
    const kind = settings.get(name)?.distribution.kind;
    // Choices are in canonical form already.
    const result = kind === 'choice' ? null : experiment.schemas[name]?.safeParse(drawn);
    if (result?.success === false && kind !== undefined && !problems.has(name)) {
      const { message = 'not allowed' } = result.error.issues[0] ?? {};
      problems.set(name, {
        path: ['space', name, kind],
        message: `point ${point + 1} has the value ${String(drawn)}, which the setting does not accept: ${message}`,
      });
    }
    return result?.data ?? drawn;
  };
  const canonical = points.map((values, point) =>
    Object.fromEntries(Object.entries(values).map(([name, value]) => [name, parse(name, value, point)])),
  );
  throwProblems(source, [...problems.values()]);
  return canonical;
}
