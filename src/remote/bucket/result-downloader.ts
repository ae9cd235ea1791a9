import PQueue from 'p-queue';
import { retryUntilAborted } from './retry.js';
import type { DownloadResult, ResultBucket } from './result-bucket.js';
import { MAX_CONCURRENT_TRANSFERS } from './map-concurrently.js';
import type { Task } from '../../task/task.js';

export interface ResultDownloaderOptions {
  readonly bucket: ResultBucket;
  readonly outDir: string;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
}

/** Downloads the results of workers from the bucket while the sweep runs. */
export class ResultDownloader {
  readonly #options: ResultDownloaderOptions;
  readonly #queue = new PQueue({ concurrency: MAX_CONCURRENT_TRANSFERS });
  readonly #downloading = new Set<string>();

  constructor(options: ResultDownloaderOptions) {
    this.#options = options;
  }

  isDownloading({ id }: Pick<Task, 'id'>): boolean {
    return this.#downloading.has(id);
  }

  /**
   * Downloads the results of a task. Removes the marker of corrupt ones, so that they can be sent again.
   * @returns null if a stop was requested before the download succeeded
   */
  async download(task: Task): Promise<DownloadResult | null> {
    this.#downloading.add(task.id);
    try {
      return await this.#queue.add(() => retryUntilAborted(() => this.#downloadOne(task), this.#options));
    } finally {
      this.#downloading.delete(task.id);
    }
  }

  /** Resolves once no download is in progress: another process may own the store after that. */
  async close(): Promise<void> {
    await this.#queue.onIdle();
  }

  async #downloadOne(task: Task): Promise<DownloadResult> {
    const { bucket, outDir } = this.#options;
    const result = await bucket.download(task, outDir);
    if (result.type === 'corrupt') await bucket.removeMarker(task);
    return result;
  }
}
