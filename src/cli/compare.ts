import path from 'node:path';
import type { Argv, CommandModule } from 'yargs';
import { InputError } from '../errors.js';
import { openSweep } from '../run/stored-sweep.js';
import { installedVersions } from '../task/registry.js';
import { outOption } from './options.js';
import { withPlugins } from './plugins.js';

interface CompareArguments {
  readonly a: string;
  readonly b: string;
  readonly setA: readonly string[];
  readonly setB: readonly string[];
  readonly only: readonly string[];
  readonly out: string;
  readonly outB: string | undefined;
  readonly to: string | undefined;
}

const list = { type: 'string', array: true, nargs: 1, default: [] as string[] } as const;

export const compareCommand: CommandModule<object, CompareArguments> = {
  command: 'compare <a> <b>',
  describe: 'Compare the means of two sweeps, with standard errors',
  builder: (yargs) =>
    withPlugins(yargs)
      .positional('a', { type: 'string', demandOption: true, describe: 'Sweep file A' })
      .positional('b', {
        type: 'string',
        demandOption: true,
        describe: 'Sweep file B, which may be the same',
      })
      .option('only', {
        ...list,
        describe: 'Only the tasks with these values, e.g. --only dimensions=3-12-20',
      })
      .option('set-a', { ...list, describe: 'Values that replace those of A, e.g. --set-a steps=1000' })
      .option('set-b', {
        ...list,
        describe: 'Values that replace those of B, e.g. --set-b learningRate=0.01',
      })
      .option('out', outOption)
      .option('out-b', {
        type: 'string',
        requiresArg: true,
        describe: "Folder of B's results. Default: the same",
      })
      .option('to', {
        type: 'string',
        requiresArg: true,
        describe: 'Folder for the table as Markdown, CSV, LaTeX and Arrow. Default: print it only',
      })
      .example(
        '$0 compare sweeps/table2-sigmoid.yaml sweeps/table2-sigmoid.yaml --set-b decoderNoise=false',
        'decoder noise on and off',
      ) as unknown as Argv<CompareArguments>,
  handler: async ({ a, b, setA, setB, only, out, outB, to }) => {
    const versions = installedVersions();
    const sweeps = {
      a: (await openSweep(a, out, { only, set: setA, versions })).sweep,
      b: (await openSweep(b, outB ?? out, { only, set: setB, versions })).sweep,
    };
    const { readRuns } = await import('../report/runs.js');
    const { comparisonTable } = await import('../report/tables/comparison-table.js');
    const { toTerminal } = await import('../report/tables/renderers.js');
    const { writeTables } = await import('../report/tables/write-tables.js');
    const table = comparisonTable(
      { name: sweeps.a.name, parts: await readRuns(sweeps.a, out) },
      { name: sweeps.b.name, parts: await readRuns(sweeps.b, outB ?? out) },
    );
    if (table.body.length === 0)
      throw new InputError(`${a} and ${b} have no cell in common with a task that is done`);
    process.stdout.write(`${toTerminal(table)}\n`);
    if (to !== undefined) writeTables([table], path.resolve(to));
  },
};
