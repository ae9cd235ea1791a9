import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Task } from '../task/task.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { PluginReference } from '../task/plugins.js';
import type { WorkerReply, WorkerRequest } from '../task/protocol.js';
import type { HostOptions } from './host-protocol.js';
import type { Assignment } from './task-pool.js';

/** The data that each thread gets when it starts. */
export interface ThreadData {
  readonly plugins: readonly PluginReference[];
}

/** The limit of a thread's JavaScript heap. A thread needs about 50 MB; TensorFlow's memory does not count. */
const HEAP_MEGABYTES = 1024;

/** A pool of training threads in this process. Each thread is a slot, with the step that its task has reached. */
export class ThreadPool {
  /** Rejects if a thread can't start, in which case requests that wait for a thread would never end. */
  readonly broken: Promise<never>;
  readonly #options: HostOptions;
  readonly #piscina: Piscina<WorkerRequest, WorkerReply>;
  /** One Int32Array per slot, with the stop request at index 0, and the steps done at index 1 + slot. */
  readonly #cells: readonly Int32Array<SharedArrayBuffer>[];
  #isStopping = false;
  readonly #training = new Set<number>();

  constructor(options: HostOptions) {
    const { workers, workerUrl, plugins } = options;
    this.#options = options;
    this.#cells = Array.from(
      { length: workers },
      (_, slot) => new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * (2 + slot))),
    );
    this.#piscina = new Piscina({
      filename: fileURLToPath(workerUrl),
      workerData: { plugins } satisfies ThreadData,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
      // By default, piscina blocks a worker's event loop between tasks.
      atomics: 'disabled',
    });
    this.broken = new Promise((_, reject) => {
      this.#piscina.on('error', reject);
    });
    this.broken.catch(() => undefined);
  }

  /** Makes one thread run every operation that the tasks need once, before the others start. */
  async warmUp(tasks: readonly Task[]): Promise<void> {
    await this.#piscina.run({ type: 'warmUp', tasks });
  }

  /** Trains a task in a free slot. If the thread dies, its task fails. */
  async train(slot: number, { task, folder, fromStep, predecessor }: Assignment): Promise<TaskOutcome> {
    const cells = this.#cellsOf(slot);
    Atomics.store(cells, 0, this.#isStopping ? 1 : 0);
    Atomics.store(cells, 1 + slot, fromStep);
    this.#training.add(slot);
    const { checkpointEveryMs } = this.#options;
    try {
      const reply = await this.#piscina.run({
        type: 'train',
        task,
        folder,
        predecessor,
        checkpointEveryMs,
        shared: cells.buffer,
        slot,
      });
      if (reply.type === 'warm') throw new Error('the worker replied to a training request with a warm-up');
      return reply;
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      return { type: 'failed', message: `its thread ended: ${message}`, stack: stack ?? null };
    } finally {
      this.#training.delete(slot);
    }
  }

  /** Returns the slots that are training. */
  training(): number[] {
    return [...this.#training];
  }

  /** Returns the steps that the slot's task has done, or had done when it ended. */
  stepOf(slot: number): number {
    return Atomics.load(this.#cellsOf(slot), 1 + slot);
  }

  /** Asks the slot's task, or every task, to finish its chunk, write a checkpoint and return. */
  requestStop(slot?: number): void {
    if (slot === undefined) this.#isStopping = true;
    for (const cells of slot === undefined ? this.#cells : [this.#cellsOf(slot)]) Atomics.store(cells, 0, 1);
  }

  async destroy(): Promise<void> {
    await this.#piscina.destroy();
  }

  #cellsOf(slot: number): Int32Array<SharedArrayBuffer> {
    const cells = this.#cells[slot];
    if (cells === undefined) throw new Error(`There is no slot ${slot}.`);
    return cells;
  }
}
