import type { CommandModule } from 'yargs';
import { InputError } from '../errors.js';
import {
  loadSweepOf,
  questionOf,
  withMetricOptions,
  withSweepOptions,
  type MetricArguments,
  type SweepArguments,
} from './options.js';

export const bestCommand: CommandModule<object, SweepArguments & MetricArguments> = {
  command: 'best <file>',
  describe: 'Print the best settings and the importance of each setting, with their uncertainty',
  builder: (yargs) =>
    withMetricOptions(withSweepOptions(yargs)).example(
      '$0 best sweeps/table2-sigmoid.yaml --metric loss --goal min',
      'the best cells of a table',
    ),
  handler: async (argv) => {
    const question = questionOf(argv);
    const sweep = await loadSweepOf(argv);
    const { runComparisons, searchComparisons } = await import('../report/search/compared.js');
    const { bestText } = await import('./best-text.js');
    if (question === null) {
      if (sweep.searches.length === 0)
        throw new InputError(
          `${argv.file} does not say what is best: pass a metric and a goal, for example --metric loss --goal min`,
        );
      process.stdout.write(bestText(searchComparisons(sweep)));
      return;
    }
    const { readRuns } = await import('../report/runs.js');
    process.stdout.write(bestText(runComparisons(await readRuns(sweep, argv.out), question)));
  },
};
