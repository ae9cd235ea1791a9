import { finishedErrors } from './queue-errors.js';

export interface ModelJob {
  readonly id: string;
  readonly name: string;
  readonly data: string;
  readonly opts: Readonly<Record<string, unknown>>;
  readonly timestamp: number;
  attemptsMade: number;
  attemptsStarted: number;
  stalledCounter: number;
  processedOn?: number;
  failedReason?: string;
  deferredFailure?: string;
}

type StreamEvent = readonly [id: string, fields: readonly string[]];

/** A result like that of BullMQ's `moveToActive`: the job, its id, and when to ask for delayed jobs. */
export type NextJob = readonly [ModelJob | null, string | null, number, number] | readonly [];

/**
 * A model of BullMQ's scripts, in Redis, for the operations that this program uses: a job waits, is active, or is delayed, and leaves the
 * queue at its end. Each method is one atomic step of the server.
 */
export class QueueModel {
  readonly #nowMs: () => number;
  readonly #jobs = new Map<string, ModelJob>();
  /** The last one is next. */
  #waiting: string[] = [];
  #active: string[] = [];
  readonly #delayed = new Map<string, number>();
  readonly #locks = new Map<string, { readonly token: string; readonly expiresMs: number }>();
  #stalled = new Set<string>();
  #nextStalledCheckMs = 0;
  #events: StreamEvent[] = [];
  #eventsAdded = 0;
  /** Wakes up clients that wait for a job or an event. */
  readonly #sleepers = new Set<() => void>();

  constructor(nowMs: () => number) {
    this.#nowMs = nowMs;
  }

  /** Loses everything, as Redis does that restarts without its file. */
  loseAll(): void {
    for (const state of [this.#jobs, this.#delayed, this.#locks, this.#stalled]) state.clear();
    [this.#waiting, this.#active, this.#events] = [[], [], []];
  }

  /** Loses the oldest events, as a stream with a maximum length does. */
  trimEvents(keep: number): void {
    this.#events = this.#events.slice(-keep);
  }

  add(job: ModelJob): string {
    if (this.#jobs.has(job.id)) return job.id;
    this.#jobs.set(job.id, job);
    this.#emit('added', job.id);
    this.#waiting.unshift(job.id);
    this.#emit('waiting', job.id);
    return job.id;
  }

  find(id: string): ModelJob | undefined {
    return this.#jobs.get(id);
  }

  counts(): Record<string, number> {
    return { wait: this.#waiting.length, active: this.#active.length, delayed: this.#delayed.size };
  }

  /** @param clientMs the wall clock of the client, to which BullMQ compares the times of delayed jobs */
  moveToActive(token: string, lockMs: number, clientMs: number): NextJob {
    for (const [id, atMs] of this.#delayed)
      if (atMs <= clientMs) {
        this.#delayed.delete(id);
        this.#waiting.unshift(id);
        this.#emit('waiting', id, { prev: 'delayed' });
      }
    const id = this.#waiting.pop();
    const job = id === undefined ? undefined : this.#jobs.get(id);
    if (job === undefined)
      return [null, null, 0, Math.min(...this.#delayed.values(), Infinity) % Infinity || 0];
    this.#active.unshift(job.id);
    this.#lock(job.id, token, lockMs);
    job.processedOn = clientMs;
    job.attemptsStarted += 1;
    this.#emit('active', job.id, { prev: 'waiting' });
    return [structuredClone(job), job.id, 0, 0];
  }

  /** Ends a job, which leaves the queue. */
  finish(id: string, token: string, event: 'completed' | 'failed', text: string): void {
    this.#leaveActive(id, token, 'moveToFinished');
    this.#jobs.delete(id);
    const field = event === 'completed' ? 'returnvalue' : 'failedReason';
    this.#emit(event, id, { [field]: text, prev: 'active' });
  }

  delay(id: string, token: string, untilMs: number, delayMs: number, failedReason: string): void {
    const job = this.#leaveActive(id, token, 'moveToDelayed');
    job.attemptsMade += 1;
    job.failedReason = failedReason;
    this.#delayed.set(id, untilMs);
    this.#emit('delayed', id, { delay: String(delayMs) });
  }

  returnToWait(id: string, token: string): number {
    this.#leaveActive(id, token, 'moveJobFromActiveToWait');
    this.#waiting.push(id);
    this.#emit('waiting', id, { prev: 'active' });
    return 0;
  }

  /** Returns the ids of jobs that are locked by others, or not locked. */
  extendLocks(ids: readonly string[], tokens: readonly string[], lockMs: number): string[] {
    return ids.filter((id, index) => {
      const token = tokens[index] ?? '';
      if (this.#holder(id) !== token) return true;
      this.#lock(id, token, lockMs);
      this.#stalled.delete(id);
      return false;
    });
  }

  /** Does the same as `REACQUIRE_SCRIPT` of `task-worker.ts`. */
  reacquire(id: string, token: string, lockMs: number): 0 | 1 {
    const holder = this.#holder(id);
    if ((holder !== null && holder !== token) || !this.#active.includes(id)) return 0;
    this.#lock(id, token, lockMs);
    this.#stalled.delete(id);
    return 1;
  }

  /** Returns active jobs without a lock to the queue, if they had none at the last check either. */
  moveStalledJobs(maxStalledCount: number, everyMs: number): string[] {
    if (this.#nowMs() < this.#nextStalledCheckMs) return [];
    this.#nextStalledCheckMs = this.#nowMs() + everyMs;
    const stalled = [...this.#stalled].filter((id) => this.#holder(id) === null && this.#active.includes(id));
    for (const id of stalled) {
      this.#active = this.#active.filter((active) => active !== id);
      const job = this.#jobs.get(id);
      if (job === undefined) continue;
      job.stalledCounter += 1;
      if (job.stalledCounter > maxStalledCount) job.deferredFailure = 'job stalled more than allowable limit';
      this.#waiting.push(id);
      this.#emit('waiting', id, { prev: 'active' });
      this.#emit('stalled', id);
    }
    this.#stalled = new Set(this.#active);
    return stalled;
  }

  updateProgress(id: string, progress: unknown): void {
    if (!this.#jobs.has(id)) throw finishedErrors(-1, id, 'updateProgress');
    this.#emit('progress', id, { data: JSON.stringify(progress) });
  }

  /** Returns the events after the one with this id. */
  eventsAfter(id: string): StreamEvent[] {
    return this.#events.filter(([own]) => Number.parseInt(own) > Number.parseInt(id));
  }

  get lastEvent(): StreamEvent | undefined {
    return this.#events.at(-1);
  }

  /** Calls back once, when something has happened in the queue. @returns a function that cancels this */
  onceChanged(wake: () => void): () => void {
    this.#sleepers.add(wake);
    return () => {
      this.#sleepers.delete(wake);
    };
  }

  #lock(id: string, token: string, lockMs: number): void {
    this.#locks.set(id, { token, expiresMs: this.#nowMs() + lockMs });
  }

  #holder(id: string): string | null {
    const lock = this.#locks.get(id);
    return lock === undefined || lock.expiresMs <= this.#nowMs() ? null : lock.token;
  }

  #leaveActive(id: string, token: string, command: string): ModelJob {
    const job = this.#jobs.get(id);
    if (job === undefined) throw finishedErrors(-1, id, command);
    const holder = this.#holder(id);
    if (holder !== token) throw finishedErrors(holder === null ? -2 : -6, id, command);
    this.#locks.delete(id);
    this.#stalled.delete(id);
    const at = this.#active.indexOf(id);
    if (at === -1) throw finishedErrors(-3, id, command);
    this.#active.splice(at, 1);
    return job;
  }

  #emit(event: string, jobId: string, fields: Readonly<Record<string, string>> = {}): void {
    this.#eventsAdded += 1;
    this.#events.push([`${this.#eventsAdded}-0`, Object.entries({ event, jobId, ...fields }).flat()]);
    const sleepers = [...this.#sleepers];
    this.#sleepers.clear();
    for (const wake of sleepers) wake();
  }
}
