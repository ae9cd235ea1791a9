import { fileURLToPath } from 'node:url';
import { Piscina } from 'piscina';
import type { Task } from '../task/task.js';
import type { TaskOutcome } from '../task/outcome.js';
import type { PluginReference } from '../task/plugins.js';
import type { WorkerReply, WorkerRequest } from '../task/protocol.js';
import type { HostOptions } from './host-protocol.js';
import type { Job } from './task-pool.js';

/** What each thread is given at its start. */
export interface ThreadData {
  readonly plugins: readonly PluginReference[];
}

/** Of JavaScript's own memory a thread needs some 50; TensorFlow's does not count. */
const HEAP_MEGABYTES = 1024;

/** Training threads of this process, each a slot with the step that its task has reached. */
export class ThreadPool {
  /** Rejects when a thread can't even start; then nothing that waits for one would ever end. */
  readonly broken: Promise<never>;
  readonly #options: HostOptions;
  readonly #piscina: Piscina<WorkerRequest, WorkerReply>;
  /** Int32: at 0 the stop request, at 1 + slot the steps done. */
  readonly #shared: SharedArrayBuffer;
  readonly #cells: Int32Array;
  readonly #training = new Set<number>();

  constructor(options: HostOptions) {
    const { workers, workerUrl, plugins } = options;
    this.#options = options;
    this.#shared = new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT * (1 + workers));
    this.#cells = new Int32Array(this.#shared);
    this.#piscina = new Piscina({
      filename: fileURLToPath(workerUrl),
      workerData: { plugins } satisfies ThreadData,
      minThreads: workers,
      maxThreads: workers,
      concurrentTasksPerWorker: 1,
      resourceLimits: { maxOldGenerationSizeMb: HEAP_MEGABYTES },
      // The default freezes a worker's event loop between tasks.
      atomics: 'disabled',
    });
    this.broken = new Promise((_, reject) => {
      this.#piscina.on('error', reject);
    });
    this.broken.catch(() => undefined);
  }

  /** Lets one thread run every operation once that the tasks need, before the others start. */
  async warmUp(tasks: readonly Task[]): Promise<void> {
    await this.#piscina.run({ type: 'warmUp', tasks });
  }

  /** Trains a task in a slot that no other holds; a thread that dies is a failure of its task. */
  async train(slot: number, { task, folder, fromStep, predecessor }: Job): Promise<TaskOutcome> {
    Atomics.store(this.#cells, 1 + slot, fromStep);
    this.#training.add(slot);
    const { checkpointEveryMs } = this.#options;
    try {
      const reply = await this.#piscina.run({
        type: 'train',
        task,
        folder,
        predecessor,
        checkpointEveryMs,
        shared: this.#shared,
        slot,
      });
      if (reply.type === 'warm') throw new Error('it answered a training request with a warm-up');
      return reply;
    } catch (error) {
      const { message, stack } = error instanceof Error ? error : new Error(String(error));
      return { type: 'failed', message: `its thread ended: ${message}`, stack: stack ?? null };
    } finally {
      this.#training.delete(slot);
    }
  }

  /** Slots that are training. */
  training(): number[] {
    return [...this.#training];
  }

  /** Steps that the slot's task has done, or had done when it ended. */
  stepOf(slot: number): number {
    return Atomics.load(this.#cells, 1 + slot);
  }

  /** Asks every running task to finish its chunk, write a checkpoint and return. */
  requestStop(): void {
    Atomics.store(this.#cells, 0, 1);
  }

  async destroy(): Promise<void> {
    await this.#piscina.destroy();
  }
}
