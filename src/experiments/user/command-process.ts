import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

/**
 * Runs "$@", and kills the whole process group as soon as the pipe at descriptor 3 closes, which it does however the process that holds
 * its other end dies. SIGTERM goes to all of the group: the shell waits until the program has ended, and returns its exit code.
 */
const WATCHED = `
trap : TERM
(trap '' TERM; cat <&3; kill -KILL 0) >/dev/null 2>&1 &
"$@" 3<&- &
program=$!
exec 3<&-
while :; do
  wait "$program"; code=$?
  kill -0 "$program" 2>/dev/null || exit "$code"
done
`;

/** Several tasks run at a time, one for each core: more threads in each of them only wait for each other. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

const SIGNALS = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);
/** A shell adds the number of the signal that ended a program to this. */
const ENDED_BY_SIGNAL = 128;
const MAX_LAST_LINES = 5;
const MAX_LINE_CHARACTERS = 400;

export interface CommandStart {
  readonly command: readonly string[];
  /** Where it runs. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Descriptor of the file that gets its standard output. */
  readonly stdout: number;
  /** Gets what it writes to its standard error. */
  readonly onMessage: (line: string) => void;
}

/** A program in a process group of its own, which does not outlive this process. */
export class CommandProcess {
  /** Resolves with the program's exit code, as a shell has it, once it has ended. */
  readonly ended: Promise<number>;
  readonly #child: ChildProcess;
  #hasEnded = false;
  readonly #lastLines: string[] = [];

  constructor({ command, cwd, env, stdout, onMessage }: CommandStart) {
    this.#child = spawn('sh', ['-c', WATCHED, 'sh', ...command], {
      cwd,
      env: { ...ONE_THREAD, ...process.env, ...env },
      stdio: ['ignore', stdout, 'pipe', 'pipe'],
      detached: true,
    });
    const { stderr } = this.#child;
    if (stderr !== null)
      createInterface({ input: stderr }).on('line', (line) => {
        this.#lastLines.push(line.slice(0, MAX_LINE_CHARACTERS));
        if (this.#lastLines.length > MAX_LAST_LINES) this.#lastLines.shift();
        onMessage(line);
      });
    this.ended = new Promise((resolve, reject) => {
      this.#child.once('error', reject);
      this.#child.once('close', (code, signal) => {
        resolve(code ?? ENDED_BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
      });
      // What the program started and left behind ends with it; else its standard error would stay open.
      this.#child.once('exit', () => {
        this.#child.stdio[3]?.destroy();
      });
    });
    const settle = (): void => {
      this.#hasEnded = true;
    };
    this.ended.then(settle, settle);
  }

  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Asks for a stop. */
  terminate(): void {
    this.#signal('SIGTERM');
  }

  kill(): void {
    this.#signal('SIGKILL');
  }

  /** How it ended, for people. */
  describeEnd(code: number): string {
    const signal = SIGNALS.get(code - ENDED_BY_SIGNAL);
    const how = signal === undefined ? `exited with code ${code}` : `was ended by ${signal}`;
    const said = this.#lastLines.join('\n');
    return said === '' ? how : `${how}: ${said}`;
  }

  #signal(signal: NodeJS.Signals): void {
    const { pid, exitCode, signalCode } = this.#child;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    try {
      process.kill(-pid, signal);
    } catch {
      // It has just ended.
    }
  }
}
