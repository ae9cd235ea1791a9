import path from 'node:path';
import type { CommandModule } from 'yargs';
import { onStopRequest } from './stop-request.js';
import { EXIT } from '../errors.js';
import type { ExportResult } from '../export/export-sweep.js';
import type { FormatName } from '../export/formats/registry.js';
import type { RowName } from '../export/rows/registry.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { formatBytes, formatCount } from '../units.js';
import { loadSweepOf, withSweepOptions, type SweepArguments } from './options.js';

/** Written out, so that other commands load no writers. Their registries are the truth, by the types. */
const ROWS = ['tasks', 'evaluations', 'steps', 'computations'] as const satisfies readonly RowName[];
const FORMATS = ['parquet', 'csv', 'arrow'] as const satisfies readonly FormatName[];

interface ExportArguments extends SweepArguments {
  readonly rows: RowName;
  readonly format: FormatName;
  readonly to: string | undefined;
  readonly unfinished: boolean;
  readonly force: boolean;
}

export const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export <file>',
  describe: 'Write a whole sweep to one Parquet, CSV or Arrow file',
  builder: (yargs) =>
    withSweepOptions(yargs)
      .option('rows', {
        choices: ROWS,
        default: 'tasks' as const,
        describe:
          'One row per task, with its final metrics; per evaluation; per logged step; or per row of a computation',
      })
      .option('format', { choices: FORMATS, default: 'parquet' as const, describe: 'Format of the file' })
      .option('to', {
        type: 'string',
        requiresArg: true,
        describe: "The file. Default: ROWS.FORMAT in the sweep's folder",
      })
      .option('unfinished', {
        type: 'boolean',
        default: false,
        describe: 'Include evaluations and steps of tasks that are not done, up to their last checkpoint',
      })
      .option('force', { type: 'boolean', default: false, describe: 'Replace the file if there is one' })
      .example('$0 export sweeps/table2-sigmoid.yaml', 'settings and final metrics of all tasks')
      .example('$0 export sweeps/paper.yaml --rows steps --to steps.parquet', 'every step of every task'),
  handler: async (argv) => {
    const sweep = await loadSweepOf(argv);
    const { exportSweep } = await import('../export/export-sweep.js');
    const { rows, format, force, unfinished, out } = argv;
    const file = argv.to ?? path.join(sweepFolder(out, sweep.name), `${rows}.${format}`);
    const stop = new AbortController();
    const removeHandlers = onStopRequest((reason) => {
      stop.abort(reason);
    });
    try {
      const options = { outDir: out, rows, format, file, force, unfinished, signal: stop.signal };
      const result = await exportSweep(sweep, options);
      process.stdout.write(`${file}\n`);
      process.stderr.write(noteText(result, argv));
      if (result.corrupt.length > 0) process.exitCode = EXIT.failure;
    } catch (error) {
      if (!stop.signal.aborted) throw error;
      process.stderr.write(`stopped: ${file} is unchanged\n`);
      process.exitCode = EXIT.interrupted;
    } finally {
      removeHandlers();
    }
  },
};

/** Describes what the file contains and what it leaves out. */
function noteText(result: ExportResult, { rows, unfinished }: ExportArguments): string {
  const { corrupt, otherTasks } = result;
  const open = result.unfinished;
  const lines = [`${formatCount(result.rows)} rows, ${formatBytes(result.bytes)}`];
  if (otherTasks > 0) lines.push(`Left out: ${formatCount(otherTasks)} tasks that have no ${rows}`);
  if (open > 0) lines.push(`${formatCount(open)} tasks are not done: ${fateOf(rows, unfinished)}`);
  for (const { name, problem } of corrupt) lines.push(`Corrupt: ${name}: ${problem}`);
  return `${lines.join('\n')}\n`;
}

function fateOf(rows: RowName, unfinished: boolean): string {
  if (rows === 'tasks') return 'their rows have no results; see the column state';
  if (rows === 'computations') return 'they have no rows';
  return unfinished
    ? 'included up to their last checkpoint'
    : 'left out; pass --unfinished to include them up to their last checkpoint';
}
