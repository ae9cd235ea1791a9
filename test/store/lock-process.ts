import { spawn, type ChildProcessWithoutNullStreams } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

export const HOLDER = fileURLToPath(new URL('./lock-holder.js', import.meta.url));

/** A child process that acquires the lock on request. */
export class LockProcess {
  readonly child: ChildProcessWithoutNullStreams;
  readonly #lines: AsyncIterator<string>;

  private constructor(outDir: string, heartbeatEveryMs: number) {
    this.child = spawn(process.execPath, [HOLDER, outDir, String(heartbeatEveryMs)]);
    this.child.stderr.pipe(process.stderr);
    this.#lines = createInterface(this.child.stdout)[Symbol.asyncIterator]();
  }

  static async start(outDir: string, heartbeatEveryMs = 5000): Promise<LockProcess> {
    const started = new LockProcess(outDir, heartbeatEveryMs);
    await started.nextLine();
    return started;
  }

  async nextLine(): Promise<string> {
    const line = await this.#lines.next();
    return line.done === true ? 'ended' : line.value;
  }

  /** Tries to acquire the lock. @returns `held` or `busy` */
  async take(): Promise<string> {
    this.child.stdin.write('\n');
    return this.nextLine();
  }

  async end(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.stdin.end();
    await exit;
  }

  async kill(): Promise<void> {
    const exit = once(this.child, 'exit');
    this.child.kill('SIGKILL');
    await exit;
  }
}
