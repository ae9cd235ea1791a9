import yargs from 'yargs';
import { hideBin } from 'yargs/helpers';
import '../experiments/index.js';
import { EXIT, UserError } from '../errors.js';
import { addCommands, COMMAND_NAMES, overviewText } from './commands.js';
import { packageVersion } from './package-version.js';
import { usageError } from './usage-errors.js';

const isDebug = process.argv.includes('--debug');

// Whoever reads, as `head`, may have seen enough. A command that has more to do than to print handles it itself.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (process.stdout.listenerCount('error') > 1) return;
  if (error.code !== 'EPIPE') throw error;
  process.exit();
});

const args = hideBin(process.argv);

try {
  if (isOverviewRequest()) process.stdout.write(overviewText());
  else
    await addCommands(yargs(args))
      .scriptName('vae-sweep')
      .detectLocale(false)
      .option('debug', { type: 'boolean', default: false, describe: 'Show stack traces' })
      .demandCommand(1)
      .strict()
      .version(packageVersion())
      .wrap(Math.min(100, process.stdout.columns || 100))
      .fail((message, error: Error | undefined, instance) => {
        // Its own errors, and what a `coerce` throws, come as YError.
        if (error !== undefined && error.name !== 'YError') throw error;
        let help = '';
        instance.showHelp((text) => {
          help = text;
        });
        throw usageError(message, args, help);
      })
      .parseAsync();
} catch (error) {
  process.exitCode = report(error);
}

/** Whether the user asks for help, but not for that of a command. */
function isOverviewRequest(): boolean {
  return args.includes('--help') && !COMMAND_NAMES.some((name) => args.includes(name));
}

function report(error: unknown): number {
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  const isExpected = error instanceof UserError;
  const hint = isExpected || isDebug ? '' : ' (--debug shows where)';
  process.stderr.write(`vae-sweep: ${message}${hint}\n`);
  if (isDebug && stack !== undefined) process.stderr.write(`${stack}\n`);
  return isExpected ? error.exitCode : EXIT.failure;
}
