import path from 'node:path';
import type { CommandModule } from 'yargs';
import { EXIT } from '../errors.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { formatCount } from '../units.js';
import {
  loadSweepOf,
  questionOf,
  withMetricOptions,
  withSweepOptions,
  type MetricArguments,
  type SweepArguments,
} from './options.js';

interface ReportArguments extends SweepArguments, MetricArguments {
  readonly seed: number | undefined;
}

export const reportCommand: CommandModule<object, ReportArguments> = {
  command: 'report <file>',
  describe: 'Write an HTML report with all tables and figures',
  builder: (yargs) =>
    withMetricOptions(withSweepOptions(yargs))
      .option('seed', {
        type: 'number',
        requiresArg: true,
        describe: 'Task that histograms and scatter plots show. Default: the first',
      })
      .example('$0 report sweeps/paper.yaml', 'all tables, figures and claims of the paper'),
  handler: async (argv) => {
    const question = questionOf(argv);
    const sweep = await loadSweepOf(argv);
    const { makeReport, missingRuns } = await import('../report/report.js');
    const { joinParagraphs, terminalTables } = await import('../report/terminal.js');
    const { writeReport } = await import('../report/write.js');
    const { bestText } = await import('./best-text.js');
    const report = await makeReport(sweep, argv.out, question);
    const folder = sweepFolder(argv.out, sweep.name);
    const { page, withoutFigures } = await writeReport(report, {
      folder,
      seed: argv.seed,
      command: commandOf(argv),
    });
    const { parts, contributions, sections } = report;
    const texts = [
      terminalTables(parts, contributions),
      bestText(report.comparisons).trimEnd(),
      ...sections.flatMap(({ lines }) => lines),
    ];
    process.stdout.write(`${joinParagraphs(texts)}\n\n`);
    process.stdout.write(
      `Report: ${page}\n${withoutFigures === null ? 'Tables and figures' : 'Tables'}: ${path.dirname(page)}\n`,
    );
    if (withoutFigures !== null) process.stderr.write(`The report has no figures: ${withoutFigures}\n`);
    const missing = missingRuns(parts);
    const samples = sweep.parts.find(({ space }) => space.length > 0);
    if (samples !== undefined && report.comparisons.length === 0)
      process.stderr.write(
        `${samples.file} does not say what is best: pass --metric and --goal to compare its sampled settings.\n`,
      );
    const corrupt = missing.filter(({ state }) => state === 'corrupt');
    if (missing.length > 0)
      process.stderr.write(
        `${formatCount(missing.length)} of ${formatCount(sweep.tasks.length)} tasks are missing from the tables; the report lists them.\n`,
      );
    if (corrupt.length === 0) return;
    const lines = corrupt.map(({ task, reason }) => `  ${task.name}: ${reason}`);
    process.stderr.write(
      `Left out because they are corrupt; run with --retrain-corrupt to execute them again:\n${lines.join('\n')}\n`,
    );
    process.exitCode = EXIT.failure;
  },
};

function commandOf({ file, only, set, metric, goal }: ReportArguments): string {
  const options = [
    ...only.map((text) => ` --only ${text}`),
    ...set.map((text) => ` --set ${text}`),
    ...(metric === undefined || goal === undefined ? [] : [` --metric ${metric} --goal ${goal}`]),
  ];
  return `vae-sweep report ${file}${options.join('')}`;
}
