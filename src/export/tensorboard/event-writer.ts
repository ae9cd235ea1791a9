import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../store/files.js';
import { END, eventsProblemSchema, type EventsRequest, type MoreTasks } from './protocol.js';

const ENTRY = fileURLToPath(new URL('../../../workers/tensorboard.js', import.meta.url));

/** Controls the process that writes TensorBoard event files during a run. */
export class EventWriter {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #problems: string[] = [];
  readonly #names: Set<string>;

  /** @throws a StoreError if the folder of events can't be created */
  constructor(request: EventsRequest) {
    this.#names = new Set(request.names);
    makeFolder(request.eventsDir);
    // Ignore output, because TensorFlow prints log messages.
    this.#child = fork(ENTRY, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    this.#child.on('message', (message) => {
      const report = eventsProblemSchema.safeParse(message);
      if (report.success) this.#problems.push(report.data.problem);
    });
    this.#child.on('error', (error) => this.#problems.push(error.message));
    this.#ended = once(this.#child, 'close').catch(() => undefined);
    this.#send(request);
  }

  /** Adds tasks, which may have been added before. @param names the names of their folders */
  add(names: readonly string[]): void {
    const added = names.filter((name) => !this.#names.has(name));
    for (const name of added) this.#names.add(name);
    if (added.length > 0) this.#send({ names: added });
  }

  /** Waits for the event files of all done tasks. @returns the problems */
  async end(): Promise<readonly string[]> {
    this.#send(END);
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && this.#problems.length === 0)
      return [`the process that writes event files exited with ${signalCode ?? String(exitCode)}`];
    return this.#problems;
  }

  #send(message: EventsRequest | MoreTasks | typeof END): void {
    // If the process has ended, `end` reports its exit code.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
