import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The time after which a command is killed; its status is then null. */
const TIME_LIMIT_MS = 300_000;

/**
 * Runs the command line in a separate process. `run` gets one worker unless the arguments say otherwise: the tests' tasks take less time
 * than a second worker needs to load TensorFlow.
 */
export function vaeSweep(...args: readonly string[]): Outcome {
  const isUndecided = args[0] === 'run' && !args.some((arg) => /^--(workers|queue)/.test(arg));
  return outcomeOf(process.execPath, [MAIN, ...args, ...(isUndecided ? ['--workers', '1'] : [])]);
}

/** Runs the command line with its output piped into a shell command. Returns its own exit status, not that of the shell command. */
export function vaeSweepInto(reader: string, ...args: readonly string[]): Outcome {
  const command = `"$@" | ${reader} > /dev/null; exit "\${PIPESTATUS[0]}"`;
  return outcomeOf('bash', ['-c', command, 'bash', process.execPath, MAIN, ...args]);
}

function outcomeOf(program: string, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: TIME_LIMIT_MS });
  return { status, stdout, stderr };
}
