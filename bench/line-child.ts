import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { z } from 'zod';

const failureSchema = z.object({ error: z.string() });

/** A process that answers each line of its input with a line of JSON, one at a time. It exits when its input ends. */
export class LineChild {
  readonly #name: string;
  readonly #process: ChildProcess;
  readonly #input: Writable;
  readonly #answers: AsyncIterator<string, undefined>;

  /** Starts the process. @param core the core to pin it to, or null */
  static async start(name: string, command: readonly string[], core: number | null): Promise<LineChild> {
    const pinned = core === null ? command : ['taskset', '--cpu-list', String(core), ...command];
    const [file = '', ...args] = pinned;
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    await once(child, 'spawn');
    return new LineChild(name, child, child.stdin, child.stdout);
  }

  private constructor(name: string, process: ChildProcess, input: Writable, output: Readable) {
    this.#name = name;
    this.#process = process;
    this.#input = input;
    this.#answers = createInterface({ input: output })[Symbol.asyncIterator]();
    // Ignore errors of writes to a process that has exited: `ask` reports it.
    this.#input.on('error', () => undefined);
  }

  async ask<Schema extends z.ZodType>(request: string, schema: Schema): Promise<z.output<Schema>> {
    this.#input.write(`${request}\n`);
    const { value, done } = await this.#answers.next();
    if (done === true)
      throw new Error(`${this.#name} exited during the request "${request}"; see its output above`);
    const answer: unknown = JSON.parse(value);
    const failure = failureSchema.safeParse(answer);
    if (failure.success)
      throw new Error(`${this.#name}: the request "${request}" failed: ${failure.data.error}`);
    return schema.parse(answer);
  }

  async end(): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    this.#input.end();
    await once(this.#process, 'exit');
  }
}
