import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

/**
 * Runs "$@" and returns its exit code. SIGTERM is passed on to the program alone, which knows what its own helpers are for. As soon as
 * the pipe at descriptor 3 closes, which it does however the process that holds its other end dies, the program is killed with all of
 * its descendants, also those that have made a process group of their own.
 */
const WATCHED = `
killtree() {
  for child in $(cat /proc/$1/task/*/children 2>/dev/null); do killtree "$child"; done
  kill -KILL "$1" 2>/dev/null
}
"$@" 3<&- &
program=$!
trap 'kill -TERM "$program" 2>/dev/null' TERM
(trap '' TERM; cat <&3; killtree "$program"; kill -KILL 0) >/dev/null 2>&1 &
watcher=$!
exec 3<&-
while :; do
  wait "$program"; code=$?
  kill -0 "$program" 2>/dev/null && continue
  kill -KILL "$watcher" 2>/dev/null
  exit "$code"
done
`;

/** Several tasks run at a time, one for each core: more threads in each of them only wait for each other. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

const SIGNALS = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);
/** A shell adds the number of the signal that ended a program to this. */
const ENDED_BY_SIGNAL = 128;
/** How long the last lines may take after the program has ended. */
const DRAIN_MS = 1_000;
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
      const finish = (code: number | null, signal: NodeJS.Signals | null): void => {
        resolve(code ?? ENDED_BY_SIGNAL + (signal === null ? 0 : constants.signals[signal]));
      };
      this.#child.once('close', finish);
      this.#child.once('exit', (code, signal) => {
        // What the program has started and left behind ends with it. Its last lines follow, but are not waited for at any price.
        this.#endGroup();
        setTimeout(finish, DRAIN_MS, code, signal).unref();
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
    this.#child.kill('SIGTERM');
  }

  /** Kills the program and its descendants, by closing the pipe that the shell waits for. */
  kill(): void {
    this.#child.stdio[3]?.destroy();
  }

  #endGroup(): void {
    this.kill();
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // Nothing is left of it.
    }
  }

  /** How it ended, for people. */
  describeEnd(code: number): string {
    const signal = SIGNALS.get(code - ENDED_BY_SIGNAL);
    const how = signal === undefined ? `exited with code ${code}` : `was ended by ${signal}`;
    const said = this.#lastLines.join('\n');
    return said === '' ? how : `${how}: ${said}`;
  }
}
