import path from 'node:path';
import type { CommandModule } from 'yargs';
import { onStopRequest } from './stop-request.js';
import { EXIT, InputError } from '../errors.js';
import type { ExportResult } from '../export/export-sweep.js';
import type { FormatName } from '../export/formats/registry.js';
import type { RowName } from '../export/rows/registry.js';
import { sweepFolder } from '../store/sweep-folder.js';
import { formatBytes, formatCount } from '../units.js';
import { exportToMlflow, MLFLOW } from './export-mlflow.js';
import { loadSweepOf, withSweepOptions, type SweepArguments } from './options.js';

/** Written out, so that other commands load no writers. Their registries are the truth, by the types. */
const ROWS = ['tasks', 'evaluations', 'steps', 'computations'] as const satisfies readonly RowName[];
const FORMATS = ['parquet', 'csv', 'arrow'] as const satisfies readonly FormatName[];

/** Without defaults, which `exportToFile` adds: none of these but `to` and `url` applies to MLflow. */
interface ExportArguments extends SweepArguments {
  readonly url: string | undefined;
  readonly rows: RowName | undefined;
  readonly format: FormatName | undefined;
  readonly to: string | undefined;
  readonly unfinished: boolean | undefined;
  readonly force: boolean | undefined;
}

export const exportCommand: CommandModule<object, ExportArguments> = {
  command: 'export <file> [url]',
  describe: 'Write a whole sweep to one Parquet, CSV or Arrow file, or send it to MLflow',
  builder: (yargs) =>
    withSweepOptions(yargs)
      .positional('url', { type: 'string', describe: 'The address of the MLflow server of `--to mlflow`' })
      .option('rows', {
        choices: ROWS,
        requiresArg: true,
        defaultDescription: '"tasks"',
        describe:
          'One row per task, with its final metrics; per evaluation; per logged step; or per row of a computation',
      })
      .option('format', {
        choices: FORMATS,
        requiresArg: true,
        defaultDescription: '"parquet"',
        describe: 'Format of the file',
      })
      .option('to', {
        type: 'string',
        requiresArg: true,
        describe:
          "The file, or mlflow to send the done tasks to URL. Default: ROWS.FORMAT in the sweep's folder",
      })
      .option('unfinished', {
        type: 'boolean',
        describe: 'Include evaluations and steps of tasks that are not done, up to their last checkpoint',
      })
      .option('force', { type: 'boolean', describe: 'Replace the file if there is one' })
      .example('$0 export sweeps/table2-sigmoid.yaml', 'settings and final metrics of all tasks')
      .example('$0 export sweeps/paper.yaml --rows steps --to steps.parquet', 'every step of every task')
      .example('$0 export sweeps/paper.yaml --to mlflow http://localhost:5000', 'a run in MLflow per task'),
  handler: async (argv) => {
    const { to, url, rows, format, force, unfinished } = argv;
    if (to !== MLFLOW) {
      if (url !== undefined) throw new InputError('one argument too many: an address follows `--to mlflow`');
      await exportToFile(argv);
      return;
    }
    if (url === undefined)
      throw new InputError(
        '--to mlflow needs the address of the server, for example --to mlflow http://localhost:5000. For a file of this name, pass --to ./mlflow',
      );
    const other = Object.entries({ rows, format, force, unfinished }).find(
      ([, value]) => value !== undefined,
    );
    if (other !== undefined) throw new InputError(`--${other[0]} has no effect with --to mlflow: remove it`);
    await exportToMlflow(await loadSweepOf(argv), argv.out, url);
  },
};

async function exportToFile(argv: ExportArguments): Promise<void> {
  const { rows = 'tasks', format = 'parquet', force = false, unfinished = false, out } = argv;
  const sweep = await loadSweepOf(argv);
  const { exportSweep } = await import('../export/export-sweep.js');
  const file = argv.to ?? path.join(sweepFolder(out, sweep.name), `${rows}.${format}`);
  const stop = new AbortController();
  const removeHandlers = onStopRequest((reason) => {
    stop.abort(reason);
  });
  try {
    const options = { outDir: out, rows, format, file, force, unfinished, signal: stop.signal };
    const result = await exportSweep(sweep, options);
    process.stdout.write(`${file}\n`);
    process.stderr.write(noteText(result, rows, unfinished));
    if (result.corrupt.length > 0) process.exitCode = EXIT.failure;
  } catch (error) {
    if (!stop.signal.aborted) throw error;
    process.stderr.write(`stopped: ${file} is unchanged\n`);
    process.exitCode = EXIT.interrupted;
  } finally {
    removeHandlers();
  }
}

/** Describes what the file contains and what it leaves out. */
function noteText(result: ExportResult, rows: RowName, unfinished: boolean): string {
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
