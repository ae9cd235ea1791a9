import type { Argv, CommandModule } from 'yargs';
import { bestCommand } from './best.js';
import { compareCommand } from './compare.js';
import { configCommand } from './config.js';
import { doctorCommand } from './doctor.js';
import { exportCommand } from './export.js';
import { gcCommand } from './gc.js';
import { initCommand } from './init.js';
import { lsCommand } from './ls.js';
import { mergeCommand } from './merge.js';
import { planCommand } from './plan.js';
import { plotCommand } from './plot.js';
import { reportCommand } from './report.js';
import { rmCommand } from './rm.js';
import { runCommand } from './run.js';
import { sampleCommand } from './sample.js';
import { schemaCommand } from './schema.js';
import { serveCommand } from './serve.js';
import { setupCommand } from './setup.js';
import { statusCommand } from './status.js';
import { tagCommand } from './tag.js';
import { verifyCommand } from './verify.js';
import { workerCommand } from './worker.js';

/** A command, without the type of its arguments. */
interface Command {
  /** Its name and positional arguments, for example `run <file>`. */
  readonly usage: string;
  readonly summary: string;
  addTo(yargs: Argv): void;
}

const COMPLETION = 'completion';

/** All commands by purpose, in the order in which help shows them. A new command is one file and one entry here. */
const COMMAND_GROUPS: readonly { readonly title: string; readonly commands: readonly Command[] }[] = [
  {
    title: 'Run a sweep',
    commands: [entry(planCommand), entry(runCommand), entry(workerCommand)],
  },
  { title: 'Watch it', commands: [entry(statusCommand), entry(serveCommand)] },
  {
    title: 'Use its results',
    commands: [
      entry(bestCommand),
      entry(reportCommand),
      entry(plotCommand),
      entry(exportCommand),
      entry(compareCommand),
      entry(sampleCommand),
    ],
  },
  {
    title: 'Look after the store',
    commands: [
      entry(lsCommand),
      entry(tagCommand),
      entry(verifyCommand),
      entry(mergeCommand),
      entry(rmCommand),
      entry(gcCommand),
    ],
  },
  {
    title: 'Set up',
    commands: [
      entry(initCommand),
      entry(configCommand),
      entry(schemaCommand),
      entry(setupCommand),
      entry(doctorCommand),
      {
        usage: COMPLETION,
        summary: 'Print a script that completes commands and options with Tab',
        addTo: (yargs) => {
          yargs.completion(COMPLETION, false, complete);
        },
      },
    ],
  },
];

const COMMANDS = COMMAND_GROUPS.flatMap(({ commands }) => commands);

export const COMMAND_NAMES = COMMANDS.map(({ usage }) => nameOf(usage));

export function addCommands(yargs: Argv): Argv {
  for (const command of COMMANDS) command.addTo(yargs);
  return yargs;
}

/** The usage of a command, for example `run <file>`; undefined for an unknown name. */
export function usageOf(name: string): string | undefined {
  return COMMANDS.find(({ usage }) => nameOf(usage) === name)?.usage;
}

/** What `vae-sweep --help` prints. yargs can't group commands. */
export function overviewText(): string {
  const width = Math.max(...COMMANDS.map(({ usage }) => usage.length));
  const groups = COMMAND_GROUPS.map(({ title, commands }) =>
    [`${title}:`, ...commands.map(({ usage, summary }) => `  ${usage.padEnd(width)}  ${summary}`)].join('\n'),
  );
  return `vae-sweep <command> [options]

Runs sweeps of many small models on all cores and logs every step as Arrow.
Interrupted sweeps resume with the same command and bit-identical results.

${groups.join('\n\n')}

Common options:
  --help     Show the options and examples of a command
  --version  Show the version
  --debug    Show stack traces

Examples:
  vae-sweep run sweeps/quickstart.yaml      train a small sweep in about a minute
  vae-sweep plan sweeps/table1-linear.yaml  show what would run and how long it takes
  vae-sweep run --help                      show the options of run
`;
}

/** Completes the names of commands, which yargs does not list, and leaves options to yargs. */
function complete(
  _current: string,
  { _: words }: { readonly _: readonly unknown[] },
  defaults: (onCompleted: (error: unknown, completions?: readonly string[]) => void) => void,
  done: (completions: string[]) => void,
): void {
  defaults((_error, completions = []) => {
    done([...(words.length > 2 ? [] : COMMAND_NAMES), ...completions]);
  });
}

function entry<Arguments>(command: CommandModule<object, Arguments>): Command {
  const usage = String(command.command);
  const summary = String(command.describe);
  return {
    usage,
    summary,
    addTo: (yargs) => {
      const { builder } = command;
      yargs.command({
        ...command,
        // The overview lists it.
        describe: false,
        builder: (own: Argv): Argv<Arguments> => {
          const described = own
            .usage(`$0 ${usage} [options]\n\n${summary}`)
            .group([], 'Positionals:')
            .group([], 'Options:');
          const built = (typeof builder === 'function' ? builder(described) : described) as Argv<Arguments>;
          return built.group(['debug', 'help', 'version'], 'Common options:');
        },
      });
    },
  };
}

function nameOf(usage: string): string {
  return usage.split(' ')[0] ?? usage;
}
