import type { CommandModule } from 'yargs';
import { InputError } from '../errors.js';
import { unknownName } from '../input/problems.js';
import type { Goal } from '../search/halving.js';
import { isNumeric } from '../task/column.js';
import { bestOfRuns, bestOfSearches } from './best-text.js';
import { loadSweepOf, withSweepOptions, type SweepArguments } from './options.js';

interface BestArguments extends SweepArguments {
  readonly metric: string | undefined;
  readonly goal: Goal | undefined;
}

export const bestCommand: CommandModule<object, BestArguments> = {
  command: 'best <file>',
  describe: 'Print the best settings, with their uncertainty',
  builder: (yargs) =>
    withSweepOptions(yargs)
      .option('metric', {
        type: 'string',
        requiresArg: true,
        describe: 'Column of the final results to compare. Default: that of the search',
      })
      .option('goal', {
        choices: ['min', 'max'] as const,
        requiresArg: true,
        describe: 'Whether the smallest or the largest value is the best. Default: that of the search',
      })
      .example('$0 best sweeps/table2-sigmoid.yaml --metric loss --goal min', 'the best cells of a table'),
  handler: async (argv) => {
    const { metric, goal } = argv;
    if ((metric === undefined) !== (goal === undefined))
      throw new InputError(
        '--metric and --goal belong together: pass both, for example --metric loss --goal min',
      );
    const sweep = await loadSweepOf(argv);
    if (metric === undefined || goal === undefined) {
      if (sweep.searches.length === 0)
        throw new InputError(
          `${argv.file} does not say what is best: pass a metric and a goal, for example --metric loss --goal min`,
        );
      process.stdout.write(bestOfSearches(sweep));
      return;
    }
    const { readRuns } = await import('../report/runs.js');
    const parts = await readRuns(sweep, argv.out);
    for (const { part, details } of parts) {
      const known = part.tasks.slice(0, 1).flatMap(({ settings }) => details.summary(settings));
      const names = known.filter(isNumeric).map(({ name }) => name);
      if (!names.includes(metric))
        throw new InputError(
          `--metric ${metric}: ${unknownName(metric, names, `metric of ${part.experiment}`)}`,
        );
    }
    process.stdout.write(parts.map((part) => bestOfRuns(part, metric, goal)).join('\n'));
  },
};
