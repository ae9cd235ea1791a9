import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url));

export interface Outcome {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** After it, a command is killed and its status is null. */
const TIME_LIMIT_MS = 300_000;

/** The command line in a process of its own. */
export function vaeSweep(...args: readonly string[]): Outcome {
  return outcomeOf(process.execPath, [MAIN, ...args]);
}

/** Its output read by a command of the shell; the status is its own, not the reader's. */
export function vaeSweepInto(reader: string, ...args: readonly string[]): Outcome {
  const command = `"$@" | ${reader} > /dev/null; exit "\${PIPESTATUS[0]}"`;
  return outcomeOf('bash', ['-c', command, 'bash', process.execPath, MAIN, ...args]);
}

function outcomeOf(program: string, args: readonly string[]): Outcome {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', timeout: TIME_LIMIT_MS });
  return { status, stdout, stderr };
}
