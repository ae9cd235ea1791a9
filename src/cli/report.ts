import type { CommandModule } from 'yargs';
import { EXIT } from '../errors.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { loadSweepOf, withSweepOptions, type SweepArguments } from './options.js';

export const reportCommand: CommandModule<object, SweepArguments> = {
  command: 'report <file>',
  describe: "Write a sweep's tables as Markdown, CSV, LaTeX and Arrow, with the paper's numbers beside",
  builder: (yargs) =>
    withSweepOptions(yargs).example('$0 report sweeps/table1-linear.yaml', 'Table 1 beside the printed one'),
  handler: async (argv) => {
    const sweep = loadSweepOf(argv);
    const { aggregate } = await import('../aggregate/aggregate.js');
    const { makeTable } = await import('../report/table.js');
    const { toTerminal } = await import('../report/renderers.js');
    const { writeTables } = await import('../report/write.js');
    const summary = aggregate(sweep, argv.out);
    const files = writeTables(summary, sweepFolder(argv.out, sweep.name));
    const tables = summary.parts.map((part) => toTerminal(makeTable(part)));
    process.stdout.write(`${tables.join('\n\n')}\n\n${files.join('\n')}\n`);
    if (summary.problems.length === 0) return;
    const lines = summary.problems.map(({ task, problem }) => `  ${task.name}: ${problem}`);
    process.stderr.write(
      `Left out, being corrupt; run with --retrain-corrupt to train them again:\n${lines.join('\n')}\n`,
    );
    process.exitCode = EXIT.failure;
  },
};
