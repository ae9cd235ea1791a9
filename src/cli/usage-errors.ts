import { InputError } from '../errors.js';
import { closestName } from '../input/closest-name.js';
import { COMMAND_NAMES, usageOf } from './commands.js';

/** Positional arguments by name: what each is, and an example of all that a command needs. */
const POSITIONALS: Readonly<Record<string, { readonly what: string; readonly example: string }>> = {
  file: { what: 'sweep file', example: 'sweeps/quickstart.yaml' },
  files: { what: 'sweep files', example: 'sweeps/*.yaml' },
  a: { what: 'sweep files', example: 'sweeps/mine.yaml sweeps/table1-linear.yaml' },
  b: { what: 'second sweep file', example: 'sweeps/mine.yaml sweeps/table1-linear.yaml' },
  task: { what: 'task', example: '732aa8800e50deb9' },
  from: { what: 'stores to merge', example: 'shard-1 shard-2' },
};

/**
 * Describes a mistake on the command line: what was wrong, what is close to it, and where to look.
 *
 * @param message the text of yargs
 * @param args the arguments of the program
 * @param help the help text of the command, for the names of its options
 */
export function usageError(message: string, args: readonly string[], help: string): InputError {
  const command = commandOf(args);
  if (command === undefined)
    return new InputError(
      'Missing command. Example: vae-sweep run sweeps/quickstart.yaml. See vae-sweep --help',
    );
  const usage = usageOf(command);
  if (usage === undefined)
    return new InputError(
      `Unknown command: ${command}.${suggestion(command, COMMAND_NAMES, 'vae-sweep ')} See vae-sweep --help`,
    );
  const text = describe(message.replaceAll(/\s+/g, ' '), args, usage, help);
  return new InputError(`${text} See vae-sweep ${command} --help`);
}

function describe(message: string, args: readonly string[], usage: string, help: string): string {
  if (message.startsWith('Not enough non-option arguments')) return missingPositional(usage, args);
  const unknown = /^Unknown arguments?: (.+)$/.exec(message)?.[1];
  if (unknown !== undefined) return unknownArgument(unknown.split(', ')[0] ?? '', args, help);
  const required = /^Missing required arguments?: (.+)$/.exec(message)?.[1];
  if (required !== undefined) return `Missing option: --${required}.`;
  const withoutValue = /^Not enough arguments following: (.+)$/.exec(message)?.[1];
  if (withoutValue !== undefined) return `--${withoutValue} needs a value.`;
  const choice = /^Invalid values: Argument: (.+), Given: (.+), Choices: (.+)$/.exec(message);
  if (choice !== null)
    return `--${choice[1] ?? ''}: expected one of ${choice[3] ?? ''}, got ${choice[2] ?? ''}.`;
  const exclusive = /^Arguments (.+) and (.+) are mutually exclusive$/.exec(message);
  if (exclusive !== null)
    return `--${exclusive[2] ?? ''} has no effect with --${exclusive[1] ?? ''}: leave it out.`;
  return message.endsWith('.') ? message : `${message}.`;
}

/** The first positional argument of the command that is not there. */
function missingPositional(usage: string, args: readonly string[]): string {
  const [command = '', ...positionals] = usage.split(' ');
  const index = Math.min(positionalsOf(command, args).length, positionals.length - 1);
  const name = /\w+/.exec(positionals[index] ?? '')?.[0] ?? '';
  const { what, example } = POSITIONALS[name] ?? { what: name, example: '' };
  return `Missing ${what}. Example: vae-sweep ${command} ${example}.`;
}

function unknownArgument(name: string, args: readonly string[], help: string): string {
  const dashed = args.find((arg) => arg.startsWith('-') && withoutDashes(arg) === name);
  if (dashed === undefined) return `Unexpected argument: ${name}.`;
  const known = [...help.matchAll(/ --([a-z][a-z-]*) /g)].map(([, option = '']) => option);
  return `Unknown option: ${dashed.split('=')[0] ?? ''}.${suggestion(name, known, '--')}`;
}

function suggestion(name: string, known: readonly string[], prefix: string): string {
  const guess = closestName(name, known);
  return guess === undefined ? '' : ` Did you mean ${prefix}${guess}?`;
}

/** The first argument that is the name of a command, or else the first that is not an option. */
function commandOf(args: readonly string[]): string | undefined {
  return args.find((arg) => COMMAND_NAMES.includes(arg)) ?? args.find((arg) => !arg.startsWith('-'));
}

/** The positional arguments between the command and the first option after it. */
function positionalsOf(command: string, args: readonly string[]): readonly string[] {
  const rest = args.slice(args.indexOf(command) + 1);
  const firstOption = rest.findIndex((arg) => arg.startsWith('-'));
  return firstOption === -1 ? rest : rest.slice(0, firstOption);
}

function withoutDashes(arg: string): string {
  return arg.replace(/^-+/, '').split('=')[0] ?? '';
}
