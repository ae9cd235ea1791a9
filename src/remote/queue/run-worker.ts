import type { Versions } from '../../task/task.js';
import { hostname } from 'node:os';
import path from 'node:path';
import type { ResultBucket } from '../bucket/result-bucket.js';
import { BucketExchange } from '../bucket/bucket-exchange.js';
import { EngineNotices } from '../../pool/engine-notices.js';
import { ProcessPool } from '../../pool/process-pool.js';
import type { Output } from '../../run/output.js';
import { untilAborted } from '../../run/stop.js';
import { makeFolder } from '../../store/files.js';
import type { QueueAddress } from './address.js';
import { QueueConnection } from './connection.js';
import { DeliveryHandler } from './delivery-handler.js';
import { TaskWorker } from './task-worker.js';
import { QUEUE_TIMING, type QueueTiming } from './timing.js';

export interface QueueWorkerOptions {
  readonly queue: QueueAddress;
  readonly outDir: string;
  /** Where finished tasks are sent; null if all machines share the store. @default null */
  readonly bucket?: ResultBucket | null;
  /** The number of concurrent tasks. Each runs in its own process. */
  readonly workers: number;
  readonly checkpointEveryMs: number;
  /** A task that makes no step for this long fails. */
  readonly stallMs: number;
  /** The limit on the resident memory of all tasks together. */
  readonly memoryBytes: number;
  readonly versions: Versions;
  /** Requests a graceful stop when it aborts. */
  readonly signal: AbortSignal;
  readonly output: Omit<Output, 'showProgress'>;
  /** The module that worker threads load. */
  readonly workerUrl?: URL;
  /** @default QUEUE_TIMING */
  readonly timing?: QueueTiming;
}

const WORKER_THREAD = new URL('../../../workers/train.js', import.meta.url);

/**
 * Executes tasks of the queue until a stop is requested. Running tasks then write a checkpoint and are returned to the queue.
 * @throws the reason why it can't continue, once it has returned its tasks
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<void> {
  const { queue, outDir, bucket = null, workers, signal, output, timing = QUEUE_TIMING } = options;
  const print = output.line;
  const notices = new EngineNotices();
  makeFolder(path.join(outDir, 'tasks'));
  if (bucket !== null) await new BucketExchange(bucket).sendAll(outDir, print);
  const name = `${hostname()}-${process.pid}`;
  const connection = await QueueConnection.open(queue, timing, print);
  const pool = new ProcessPool({
    ...options,
    workerUrl: options.workerUrl ?? WORKER_THREAD,
    // Losing a lock must kill one task without affecting the others.
    isolation: 'process',
    onLine: (line) => {
      if (notices.classify(line) !== 'repeated') print(line);
    },
  });
  const ending = new AbortController();
  pool.broken.catch((error: unknown) => {
    // The tasks have not failed, but would wait forever.
    ending.abort(error);
    void pool.destroy();
  });
  const handler = new DeliveryHandler({
    pool,
    outDir,
    bucket,
    signal: AbortSignal.any([signal, ending.signal]),
    output,
  });
  const worker = new TaskWorker({
    ...options,
    connection,
    name,
    slots: workers,
    timing,
    handler,
    print,
  });
  print(`worker ${name} is waiting for tasks at ${queue.shown}, up to ${workers} at a time`);
  try {
    await Promise.race([worker.broken, pool.broken, untilAborted(signal)]);
    output.stopping(signal.reason);
  } finally {
    worker.stopTaking();
    pool.requestStop();
    await worker.close();
    await pool.destroy();
  }
}
