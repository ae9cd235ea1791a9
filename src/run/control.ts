import type { Logger } from 'pino';
import { StoreError } from '../errors.js';
import { readTaskState, taskFolder } from '../store/task-folder.js';
import { readTaskStates } from '../store/task-states.js';
import { RunInbox, type ReceivedRequest } from '../store/run-requests.js';
import type { Task } from '../task/task.js';
import type { ExecutionOptions } from './executor.js';
import { StopRequested } from './stop.js';

const POLL_EVERY_MS = 1_000;

export interface RunControlOptions {
  readonly outDir: string;
  /** Identifies the lock that the run holds. */
  readonly nonce: string;
  readonly sweep: string;
  readonly logger: Logger;
  /** Shows one line. */
  readonly line: (text: string) => void;
}

type Received = ReturnType<RunInbox['take']>[number];
type Prioritize = (id: string) => boolean;

/** Applies the requests that people send to an active run through its inbox in the store, and logs who asked for what. */
export class RunControl implements Required<Pick<ExecutionOptions, 'cancellationOf' | 'onNext'>> {
  readonly #options: RunControlOptions;
  readonly #inbox: RunInbox;
  readonly #stop = new AbortController();
  /** By the ids of tasks. */
  readonly #cancellations = new Map<string, AbortController>();
  readonly #listeners = new Set<Prioritize>();
  /** The ids of failed tasks that are to be executed again. */
  #retries = new Set<string>();
  #tasks = new Map<string, Task>();
  readonly #timer: NodeJS.Timeout;

  constructor(options: RunControlOptions) {
    this.#options = options;
    this.#inbox = new RunInbox(options.outDir, options.nonce, options.sweep);
    this.#timer = setInterval(() => {
      this.#poll();
    }, POLL_EVERY_MS);
    this.#timer.unref();
  }

  /** Aborts if somebody asks to stop the run. */
  get stopped(): AbortSignal {
    return this.#stop.signal;
  }

  /** Sets the tasks that requests may name. */
  setTasks(tasks: readonly Task[]): void {
    this.#tasks = new Map(tasks.map((task) => [task.id, task]));
  }

  cancellationOf = ({ id }: Task): AbortSignal => {
    const cancellation = this.#cancellations.get(id) ?? new AbortController();
    this.#cancellations.set(id, cancellation);
    return cancellation.signal;
  };

  onNext = (listener: Prioritize): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  /** Returns the ids of the failed tasks that are to be executed again, and forgets them. */
  takeRetries(): ReadonlySet<string> {
    this.#poll();
    const retries = this.#retries;
    this.#retries = new Set();
    return retries;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#inbox.close();
  }

  /** A store that can't be read now may be readable at the next poll. If it can't be written, the run ends by itself. */
  #poll(): void {
    try {
      this.#inbox.take().forEach(this.#handleIfPossible);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
    }
  }

  /** Logs a problem with the store, so that the other requests are handled. */
  readonly #handleIfPossible = (received: Received): void => {
    try {
      this.#handle(received);
    } catch (error) {
      if (!(error instanceof StoreError)) throw error;
      this.#options.logger.warn({ problem: error.message }, 'request ignored');
    }
  };

  #handle(received: Received): void {
    if ('problem' in received) {
      this.#options.logger.warn({ problem: received.problem }, 'request ignored');
      return;
    }
    const { request, from } = received;
    const id = 'task' in request ? request.task : null;
    const task = id === null ? undefined : this.#tasks.get(id);
    const problem =
      id !== null && task === undefined ? 'the run does not have this task' : this.#apply(received);
    const { action } = request;
    const what = `${action === 'next' ? 'start next' : action}${task === undefined ? '' : ` ${task.name}`}`;
    const fields = { action, from, ...(task && { task: task.name }), ...(problem !== null && { problem }) };
    this.#options.logger.warn(fields, problem === null ? 'request received' : 'request ignored');
    const result = problem === null ? '' : `: ignored, because ${problem}`;
    this.#options.line(`${from} asked in the dashboard: ${what}${result}`);
  }

  /** @returns why the request has no effect; null if it has one */
  #apply({ request, from }: ReceivedRequest): string | null {
    switch (request.action) {
      case 'stop':
        // Log who asked before the stop itself is logged.
        setImmediate(() => {
          this.#stop.abort(new StopRequested(from));
        });
        return null;
      case 'cancel':
        return this.#cancel(request.task);
      case 'next':
        return [...this.#listeners].some((prioritize) => prioritize(request.task))
          ? null
          : 'the task is not waiting for a worker';
      case 'retry':
        return this.#retry(request.task);
    }
  }

  #cancel(id: string): string | null {
    const task = this.#tasks.get(id);
    if (task === undefined || !['new', 'interrupted'].includes(this.#stateOf(task)))
      return 'the task has ended';
    this.cancellationOf(task);
    this.#cancellations.get(id)?.abort();
    return null;
  }

  #retry(id: string | null): string | null {
    const tasks = [...this.#tasks.values()].filter((task) => id === null || task.id === id);
    const states = readTaskStates(this.#options.outDir, tasks);
    const failed = tasks.filter((task) => states.get(task.id)?.state === 'failed');
    for (const { id } of failed) {
      this.#retries.add(id);
      // It may have been cancelled when it failed.
      this.#cancellations.delete(id);
    }
    if (failed.length > 0) return null;
    return id === null ? 'no task has failed' : 'the task has not failed';
  }

  #stateOf(task: Task): string {
    return readTaskState(taskFolder(this.#options.outDir, task), task.id).state;
  }
}
