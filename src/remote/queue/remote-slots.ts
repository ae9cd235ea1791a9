import type { DoneReport, ProgressReport } from './messages.js';
import type { Snapshot, Tally } from '../../run/tally.js';
import type { PendingTask } from '../../run/triage.js';

interface RemoteTask {
  readonly item: PendingTask;
  readonly worker: string;
  step: number;
}

/** Tracks what the workers of other machines are doing. Each running task gets the first free slot. */
export class RemoteSlots {
  readonly #tally: Tally;
  readonly #tasks: (RemoteTask | null)[] = [];
  readonly #slotOf = new Map<string, number>();
  /** The last worker of each task that has not ended, including requeued tasks. */
  readonly #lastWorker = new Map<string, string>();

  constructor(tallyOf: (stepOf: (slot: number) => number) => Tally) {
    this.#tally = tallyOf((slot) => this.#tasks[slot]?.step ?? 0);
  }

  snapshot(nowMs: number): Snapshot {
    return this.#tally.snapshot(nowMs);
  }

  /** Records progress. @returns whether the worker has just started the task */
  step(
    item: PendingTask,
    { worker, fromStep, step }: Extract<ProgressReport, { type: 'training' }>,
    nowMs: number,
  ): boolean {
    const { id } = item.task;
    const known = this.#taskOf(id);
    if (known?.worker === worker) {
      known.step = step;
      return false;
    }
    if (known !== null) this.release(id);
    this.#start({ ...item, fromStep }, worker, nowMs);
    const started = this.#taskOf(id);
    if (started !== null) started.step = step;
    return true;
  }

  done(
    item: PendingTask,
    { steps, fromStep, worker }: Pick<DoneReport, 'steps' | 'fromStep' | 'worker'>,
    nowMs: number,
  ): void {
    const { task } = item;
    if (this.#taskOf(task.id) === null) this.#start({ ...item, fromStep }, worker, nowMs);
    const known = this.#taskOf(task.id);
    if (known !== null) known.step = steps;
    this.#end(task.id, true);
    this.#lastWorker.delete(task.id);
  }

  /** Records that the task is back in the queue. @returns its last worker, or null if unknown */
  release(id: string): string | null {
    const known = this.#taskOf(id);
    if (known !== null) {
      this.#end(id, false);
      this.#tally.requeued(known.item);
    }
    return this.#lastWorker.get(id) ?? null;
  }

  failed(id: string): void {
    this.#end(id, false);
    this.#lastWorker.delete(id);
  }

  #start(item: PendingTask, worker: string, nowMs: number): void {
    const free = this.#tasks.indexOf(null);
    const slot = free === -1 ? this.#tasks.length : free;
    this.#tasks[slot] = { item, worker, step: item.fromStep };
    this.#slotOf.set(item.task.id, slot);
    this.#lastWorker.set(item.task.id, worker);
    this.#tally.started(slot, item, nowMs, worker);
  }

  #end(id: string, isDone: boolean): void {
    const slot = this.#slotOf.get(id);
    if (slot === undefined) return;
    this.#tally.ended(slot, isDone);
    this.#slotOf.delete(id);
    this.#tasks[slot] = null;
    while (this.#tasks.at(-1) === null) this.#tasks.pop();
  }

  #taskOf(id: string): RemoteTask | null {
    return this.#tasks[this.#slotOf.get(id) ?? -1] ?? null;
  }
}
