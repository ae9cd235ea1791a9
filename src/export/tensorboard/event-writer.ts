import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { makeFolder } from '../../store/files.js';
import { END, eventsProblemSchema, type EventsRequest } from './protocol.js';

const ENTRY = fileURLToPath(new URL('../../../workers/tensorboard.js', import.meta.url));

/** The process that writes TensorBoard's event files while a run goes on. */
export class EventWriter {
  readonly #child: ChildProcess;
  readonly #ended: Promise<unknown>;
  readonly #problems: string[] = [];

  /** @throws a StoreError if the folder of events can't be made */
  constructor(request: EventsRequest) {
    makeFolder(request.eventsDir);
    // TensorFlow prints what nobody asked for.
    this.#child = fork(ENTRY, { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], execArgv: [] });
    this.#child.on('message', (message) => {
      const told = eventsProblemSchema.safeParse(message);
      if (told.success) this.#problems.push(told.data.problem);
    });
    this.#child.on('error', (error) => this.#problems.push(error.message));
    this.#ended = once(this.#child, 'close').catch(() => undefined);
    this.#send(request);
  }

  /** Waits for the files of all that is done. @returns what went wrong */
  async end(): Promise<readonly string[]> {
    this.#send(END);
    await this.#ended;
    const { exitCode, signalCode } = this.#child;
    if (exitCode !== 0 && this.#problems.length === 0)
      return [`the process that writes event files ended with ${signalCode ?? String(exitCode)}`];
    return this.#problems;
  }

  #send(message: EventsRequest | typeof END): void {
    // One that has ended is noticed by its exit.
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
