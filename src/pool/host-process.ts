import { fork, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { EXIT, UserError } from '../errors.js';
import type { Task } from '../task/task.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { HostOptions, HostReply, HostRequest } from './host-protocol.js';
import { residentBytesOf, residentBytesOfTree } from './resident-memory.js';
import type { Assignment } from './task-pool.js';

const ENTRY = fileURLToPath(new URL('../../workers/host.js', import.meta.url));
/** Lines that TensorFlow always prints. */
const NOISE = /^WARNING: All log messages before absl|oneDNN custom operations are on|cpu_feature_guard/;

/** Thrown when a host process has ended. */
export class HostEnded extends Error {
  /** The number of tasks that it was training. */
  readonly tasks: number;

  constructor(message: string, tasks: number) {
    super(message);
    this.tasks = tasks;
  }
}

interface Waiting<T> {
  resolve(value: T): void;
  reject(reason: Error): void;
}

/** The coordinator's handle of a process that hosts training threads. */
export class HostProcess {
  /** Rejects if its threads can't be started. */
  readonly broken: Promise<never>;
  readonly #child: ChildProcess;
  readonly #exit: Promise<unknown>;
  readonly #training = new Map<number, Waiting<TaskOutcome>>();
  readonly #warming: Waiting<void>[] = [];
  readonly #steps = new Map<number, number>();
  #ended: string | null = null;
  #isKilled = false;
  #lastLine = '';

  /** @param onLine called with each line that its threads print */
  constructor(options: HostOptions, onLine: (line: string) => void) {
    this.#child = fork(ENTRY, { stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] });
    this.#exit = new Promise((resolve) => {
      this.#child.once('exit', resolve);
      this.#child.once('error', resolve);
    });
    for (const stream of [this.#child.stdout, this.#child.stderr])
      if (stream !== null)
        createInterface({ input: stream }).on('line', (line) => {
          if (NOISE.test(line)) return;
          this.#lastLine = line;
          onLine(line);
        });
    this.#child.on('exit', (code, signal) => {
      this.#end(signal === null ? `exited with ${String(code)}` : `was killed by ${signal}`);
    });
    this.#child.on('error', (error) => {
      this.#end(`can't be reached (${error.message})`);
    });
    this.broken = new Promise((_, reject) => {
      this.#child.on('message', (reply) => {
        this.#receive(reply as HostReply, reject);
      });
    });
    this.broken.catch(() => undefined);
    this.#send({ type: 'open', ...options });
  }

  get isRunning(): boolean {
    return this.#ended === null && !this.#isKilled;
  }

  async warmUp(tasks: readonly Task[]): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#warming.push({ resolve, reject });
      this.#send({ type: 'warmUp', tasks });
    });
  }

  /** Trains a task. @throws a HostEnded if the process ends before the task does */
  async train(slot: number, assignment: Assignment): Promise<TaskOutcome> {
    return new Promise((resolve, reject) => {
      this.#training.set(slot, { resolve, reject });
      this.#steps.set(slot, assignment.fromStep);
      this.#send({ type: 'train', slot, assignment });
    });
  }

  /** Returns the steps that the slot's task has done, or had done when it ended. */
  stepOf(slot: number): number {
    return this.#steps.get(slot) ?? 0;
  }

  requestStop(slot?: number): void {
    this.#send({ type: 'stop', ...(slot !== undefined && { slot }) });
  }

  /**
   * Returns its resident memory in bytes; 0 if the system does not report it.
   *
   * @param withPrograms whether to include the processes that it has started
   */
  residentBytes(withPrograms: boolean): number {
    const { pid } = this.#child;
    if (pid === undefined) return 0;
    return withPrograms ? residentBytesOfTree(pid) : residentBytesOf(pid);
  }

  /** Kills the process immediately. Everything worth keeping is durable. */
  async kill(): Promise<void> {
    this.#isKilled = true;
    this.#child.kill('SIGKILL');
    if (this.#ended === null) await this.#exit;
  }

  #send(request: HostRequest): void {
    if (this.#ended !== null) this.#rejectAll();
    // If the process has just ended, its exit rejects the request.
    else this.#child.send(request, () => undefined);
  }

  #receive(reply: HostReply, fail: (reason: Error) => void): void {
    if (reply.type === 'steps') for (const [slot, step] of reply.steps) this.#steps.set(slot, step);
    else if (reply.type === 'warm') this.#warming.shift()?.resolve();
    else if (reply.type === 'outcome') this.#settle(reply);
    else fail(new UserError(`training can't start: ${reply.message}`, EXIT.failure));
  }

  #settle({ slot, step, outcome }: Extract<HostReply, { type: 'outcome' }>): void {
    this.#steps.set(slot, step);
    const waiting = this.#training.get(slot);
    this.#training.delete(slot);
    waiting?.resolve(outcome);
  }

  #end(how: string): void {
    if (this.#ended !== null) return;
    const output = this.#lastLine === '' ? '' : `; its last output was: ${this.#lastLine.slice(0, 300)}`;
    this.#ended = `its process ${how}${output}`;
    this.#rejectAll();
  }

  #rejectAll(): void {
    const waiting = [...this.#training.values()];
    const error = new HostEnded(this.#ended ?? '', waiting.length);
    this.#training.clear();
    [...waiting, ...this.#warming.splice(0)].forEach((caller) => {
      caller.reject(error);
    });
  }
}
