import { InputError } from '../errors.js';
import { throwProblems, type Problem } from '../input/problems.js';
import { rungBudgets } from '../search/halving.js';
import type { SweepDefinition } from './sweep-file.js';

/**
 * Asserts that the experiment accepts the steps of all rungs of `halving`, and that nothing else in the file sets them.
 * @throws InputError with the place of each problem
 */
export function assertValidHalving(definition: SweepDefinition): void {
  const { source, experiment, halving, sample, grid, settings, include, space } = definition;
  if (halving === null) return;
  const schema = experiment.schemas[halving.unit];
  if (schema === undefined)
    throwProblems(source, [
      {
        path: ['halving'],
        message: `${experiment.name} has no setting ${halving.unit}: remove \`halving\``,
        of: 'key',
      },
    ]);
  const places = [
    ...(Object.hasOwn(grid, halving.unit) ? [['grid', halving.unit]] : []),
    ...(Object.hasOwn(settings, halving.unit) ? [['settings', halving.unit]] : []),
    ...(space.some(({ name }) => name === halving.unit) ? [['space', halving.unit]] : []),
    ...include.flatMap((cell, i) =>
      Object.hasOwn(cell, halving.unit) ? [['include', i, halving.unit]] : [],
    ),
  ];
  const problems = places.map((path): Problem => ({
    path,
    message: '`halving` sets it for each rung: remove it here',
    of: 'key',
  }));
  if (sample?.method === 'tpe')
    problems.push({
      path: ['sample', 'method'],
      message: "tpe can't be combined with `halving`: use another method, such as sobol, or remove `halving`",
    });
  for (const budget of rungBudgets(halving)) {
    const result = schema?.safeParse(budget);
    if (result?.success !== false) continue;
    const { message = 'not allowed' } = result.error.issues[0] ?? {};
    problems.push({ path: ['halving'], message: `a rung has ${budget} ${halving.unit}: ${message}` });
  }
  throwProblems(source, problems);
}

/** Asserts that no override replaces the steps of a search by halving. */
export function assertStepsFree({ source, halving, overridden }: SweepDefinition): void {
  if (halving === null || !overridden.has(halving.unit)) return;
  throw new InputError(
    `${source.file}: ${halving.unit} (from --set or a list of sweeps): \`halving\` sets it for each rung. Change min and max of \`halving\` in the file`,
  );
}
