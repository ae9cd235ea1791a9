import PQueue from 'p-queue';
import { patiently } from './patience.js';
import type { Brought, ResultBucket } from './result-bucket.js';
import { AT_A_TIME } from './several.js';
import type { Task } from '../../task/task.js';

export interface BringerOptions {
  readonly bucket: ResultBucket;
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

/** Brings from the bucket what workers have finished, while the sweep goes on. */
export class Bringer {
  readonly #options: BringerOptions;
  readonly #queue = new PQueue({ concurrency: AT_A_TIME });
  readonly #onTheWay = new Set<string>();

  constructor(options: BringerOptions) {
    this.#options = options;
  }

  isBringing({ id }: Pick<Task, 'id'>): boolean {
    return this.#onTheWay.has(id);
  }

  /**
   * What is corrupt in the bucket is there no more afterwards, so that it can be sent again.
   * @returns null if a stop was asked for before
   */
  async bring(task: Task): Promise<Brought | null> {
    this.#onTheWay.add(task.id);
    try {
      return await this.#queue.add(() => patiently(() => this.#bringOne(task), this.#options));
    } finally {
      this.#onTheWay.delete(task.id);
    }
  }

  /** Once nothing is on its way any more: the store may then have another owner. */
  async close(): Promise<void> {
    await this.#queue.onIdle();
  }

  async #bringOne(task: Task): Promise<Brought> {
    const { bucket, outDir } = this.#options;
    const brought = await bucket.bring(task, outDir);
    if (brought.type === 'corrupt') await bucket.forget(task);
    return brought;
  }
}
