import { spawn, type ChildProcess } from 'node:child_process';
import { constants } from 'node:os';
import { createInterface } from 'node:readline';

/**
 * Shell script that runs "$@" and returns its exit code. SIGTERM is forwarded only to the program, which must handle its own children.
 * When the pipe at descriptor 3 closes, which happens no matter how the process at its other end dies, the script kills the program and all of
 * its descendants, including those in other process groups.
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

/** One task runs per core, so more threads in each program would only compete with each other. */
const ONE_THREAD = { OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1', MKL_NUM_THREADS: '1' };

const SIGNALS = new Map<number, string>(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
);
/** The exit code of a program that a signal ended is this plus the number of the signal, as in a shell. */
const SIGNAL_EXIT_BASE = 128;
/** Maximum time to wait for the last lines after the program has exited. */
const DRAIN_MS = 1_000;
const MAX_LAST_LINES = 5;
const MAX_LINE_CHARACTERS = 400;

export interface CommandStart {
  readonly command: readonly string[];
  /** The working directory. */
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** File descriptor for the standard output. */
  readonly stdout: number;
  /** Receives the lines of the standard error. */
  readonly onMessage: (line: string) => void;
}

/** A program in its own process group. It never outlives this process. */
export class CommandProcess {
  /** Resolves with the program's exit code, in the convention of shells, when the program has exited. */
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
        resolve(code ?? SIGNAL_EXIT_BASE + (signal === null ? 0 : constants.signals[signal]));
      };
      this.#child.once('close', finish);
      this.#child.once('exit', (code, signal) => {
        // Kill the processes that the program has left behind. Wait for its last lines, but not forever.
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

  /** Requests a stop by sending SIGTERM. */
  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  /** Kills the program and its descendants by closing the pipe that the shell script reads. */
  kill(): void {
    this.#child.stdio[3]?.destroy();
  }

  #endGroup(): void {
    this.kill();
    try {
      if (this.#child.pid !== undefined) process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // The process group no longer exists.
    }
  }

  /** Describes how the program ended, with the last lines of its standard error. */
  describeEnd(code: number): string {
    const signal = SIGNALS.get(code - SIGNAL_EXIT_BASE);
    const how = signal === undefined ? `exited with code ${code}` : `was killed by ${signal}`;
    const lines = this.#lastLines.join('\n');
    return lines === '' ? how : `${how}: ${lines}`;
  }
}
