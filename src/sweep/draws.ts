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
 * @throws InputError if the experiment does not accept a value
 */
export function drawPoints(definition: SweepDefinition): SettingValues[] {
  const { source, experiment, space, sample } = definition;
  if (sample === null) return [];
  const problems: Problem[] = [];
  const columns = sampledSettings(definition).map(({ name, distribution }) => {
    const dimension = space.findIndex((setting) => setting.name === name);
    const words = samplers[sample.method].coordinates(sample.seed, dimension, sample.count);
    const values: SettingValue[] = [];
    for (const word of words) {
      const drawn = quantile(distribution, unitNumber(word));
      // Choices are in canonical form already.
      const result = distribution.kind === 'choice' ? null : experiment.schemas[name]?.safeParse(drawn);
      values.push(result?.data ?? drawn);
      if (result?.success !== false) continue;
      const { message = 'not allowed' } = result.error.issues[0] ?? {};
      problems.push({
        path: ['space', name, distribution.kind],
        message: `point ${values.length} has the value ${String(drawn)}, which the setting does not accept: ${message}`,
      });
      break;
    }
    return [name, values] as const;
  });
  throwProblems(source, problems);
  return Array.from({ length: sample.count }, (_, point) =>
    Object.fromEntries(columns.map(([name, values]) => [name, values[point] ?? null])),
  );
}
