import { spawn, spawnSync, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Readable, Writable } from 'node:stream';
import { waitUntil } from '../wait-until.js';
import { MAIN, type Outcome } from './command.js';

/** Arguments of `script`, which runs the command on a terminal and exits like it. */
function terminalArguments(args: readonly string[]): string[] {
  return ['-qec', `exec ${[process.execPath, MAIN, ...args].join(' ')}`, '/dev/null'];
}

/** The command on a terminal. */
export class Terminal {
  output = '';
  readonly #child: ChildProcessByStdio<Writable, Readable, null>;
  readonly #closed: Promise<unknown[]>;

  constructor(args: readonly string[]) {
    this.#child = spawn('script', terminalArguments(args), { stdio: ['pipe', 'pipe', 'inherit'] });
    this.#closed = once(this.#child, 'close');
    this.#child.stdout.setEncoding('utf8').on('data', (text: string) => {
      this.output += text;
    });
  }

  type(text: string): void {
    this.#child.stdin.write(text);
  }

  /** Sends a signal to the command. */
  kill(signal: NodeJS.Signals): void {
    const script = String(this.#child.pid);
    const [command = ''] = readFileSync(`/proc/${script}/task/${script}/children`, 'utf8').split(' ');
    process.kill(Number(command), signal);
  }

  async untilPrinted(pattern: RegExp): Promise<void> {
    await waitUntil(`${String(pattern)} was printed`, () => pattern.test(this.output));
  }

  async ended(): Promise<unknown> {
    return (await this.#closed)[0];
  }
}

/** Runs the command on a terminal, types the input, and closes the terminal's input. */
export function onTerminal(args: readonly string[], input: string): Outcome {
  const { status, stdout, stderr } = spawnSync('script', terminalArguments(args), {
    encoding: 'utf8',
    timeout: 300_000,
    input,
  });
  return { status, stdout, stderr };
}
