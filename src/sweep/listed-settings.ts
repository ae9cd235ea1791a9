import { cellSchema } from './file-schema.js';
import type { Experiment } from '../task/experiment.js';
import type { SettingValues } from '../task/setting-values.js';
import type { Problem } from '../input/problems.js';
import { problemsOf, throwProblems, unknownName } from '../input/problems.js';
import type { Source } from '../input/source.js';

type RawSettings = Readonly<Record<string, unknown>>;

/**
 * Parses the `set` of each entry of a list, separately for each experiment of the entry's file: an experiment gets the settings that it
 * has.
 * @throws InputError if none of the experiments has a setting, or if its value is invalid for one of them
 */
export function listedSettings(
  source: Source,
  entries: readonly RawSettings[],
  experiments: readonly (readonly Experiment[])[],
): ReadonlyMap<Experiment, SettingValues>[] {
  const problems: Problem[] = [];
  const settings = entries.map((entry, i) => {
    const listed = experiments[i] ?? [];
    problems.push(...unknownSettings(i, entry, listed));
    return new Map(
      listed.map((experiment) => {
        const own = ownSettings(entry, experiment);
        const result = cellSchema(experiment).safeParse(own);
        if (result.success) return [experiment, result.data];
        problems.push(
          ...problemsOf(result.error, own, () => []).map((problem) => ({
            ...problem,
            path: ['sweeps', i, 'set', ...problem.path],
          })),
        );
        return [experiment, {}];
      }),
    );
  });
  throwProblems(source, problems);
  return settings;
}

function unknownSettings(i: number, entry: RawSettings, listed: readonly Experiment[]): Problem[] {
  const names = [...new Set(listed.flatMap(({ schemas }) => Object.keys(schemas)))];
  return Object.keys(entry)
    .filter((name) => !names.includes(name))
    .map((name) => ({ path: ['sweeps', i, 'set', name], message: unknownName(name, names), of: 'key' }));
}

function ownSettings(entry: RawSettings, { schemas }: Experiment): RawSettings {
  return Object.fromEntries(Object.entries(entry).filter(([name]) => Object.hasOwn(schemas, name)));
}
