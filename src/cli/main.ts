import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import '../experiments/index.js';
import { EXIT, InputError, UserError } from '../errors.js';
import { compareCommand } from './compare.js';
import { doctorCommand } from './doctor.js';
import { exportCommand } from './export.js';
import { gcCommand } from './gc.js';
import { initCommand } from './init.js';
import { lsCommand } from './ls.js';
import { mergeCommand } from './merge.js';
import { packageVersion } from './package-version.js';
import { withPlugins } from './plugins.js';
import { planCommand } from './plan.js';
import { plotCommand } from './plot.js';
import { reportCommand } from './report.js';
import { rmCommand } from './rm.js';
import { runCommand } from './run.js';
import { serveCommand } from './serve.js';
import { sampleCommand } from './sample.js';
import { schemaCommand } from './schema.js';
import { setupCommand } from './setup.js';
import { statusCommand } from './status.js';
import { verifyCommand } from './verify.js';
import { workerCommand } from './worker.js';

const isDebug = process.argv.includes('--debug');

// Whoever reads, as `head`, may have seen enough. A command that has more to do than to print handles it itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return;
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

try {
  await withPlugins(yargs(hideBin(process.argv)))
    .scriptName('vae-sweep')
    .detectLocale(false)
    .usage('$0 <command>\n\nRuns sweeps of many small models on all cores, and logs every step as Arrow.')
    .command(runCommand)
    .command(workerCommand)
    .command(planCommand)
    .command(statusCommand)
    .command(serveCommand)
    .command(reportCommand)
    .command(plotCommand)
    .command(exportCommand)
    .command(compareCommand)
    .command(verifyCommand)
    .command(sampleCommand)
    .command(mergeCommand)
    .command(lsCommand)
    .command(rmCommand)
    .command(gcCommand)
    .command(initCommand)
    .command(schemaCommand)
    .command(setupCommand)
    .command(doctorCommand)
    .completion(
      'completion',
      'Print a script for bash or zsh that completes commands and options; its first lines say where it goes',
    )
    .option('debug', { type: 'boolean', default: false, describe: 'Show stack traces' })
    .demandCommand(1, 'Name a command, for example vae-sweep run sweeps/quickstart.yaml')
    .example('$0 run sweeps/quickstart.yaml', 'train a small sweep in about a minute')
    .example('$0 plan sweeps/table1-linear.yaml', 'what would run, how long it takes and how much it stores')
    .epilogue('A sweep that was stopped or killed resumes with the same command.')
    .strict()
    .recommendCommands()
    .version(packageVersion())
    .wrap(Math.min(100, process.stdout.columns || 100))
    .fail((message, error: Error | undefined) => {
      // Its own errors, and what a `coerce` throws, come as YError.
      if (error !== undefined && error.name !== 'YError') throw error;
      throw new InputError(`${message.replace(/\s+/g, ' ')} (see vae-sweep --help)`);
    })
    .parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

function report(error: unknown): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isExpected = error instanceof UserError;
  const hint = isExpected || isDebug ? '' : ' (--debug shows where)';
  process.stderr.write(`vae-sweep: ${message}${hint}\n`);
  if (isDebug && stack !== undefined) process.stderr.write(`${stack}\n`);
  return isExpected ? error.exitCode : EXIT.failure;
}
