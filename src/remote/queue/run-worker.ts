import type { Versions } from '../../task/task.js';
import { hostname } from 'node:os';
import path from 'node:path';
import type { ResultBucket } from '../bucket/result-bucket.js';
import { BucketExchange } from '../bucket/bucket-exchange.js';
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
  /** Where finished tasks are sent to; null where all machines share the store. @default null */
  readonly bucket?: ResultBucket | null;
  /** The number of concurrent tasks, each in a process of its own. */
  readonly workers: number;
  readonly checkpointEveryMs: number;
  /** A task without a step for this long has failed. */
  readonly stallMs: number;
  /** Memory that all tasks together may have resident. */
  readonly memoryBytes: number;
  readonly versions: Versions;
  /** Asks for a graceful stop when aborted. */
  readonly signal: AbortSignal;
  readonly output: Omit<Output, 'showProgress'>;
  /** Module of a worker thread. */
  readonly workerUrl?: URL;
  /** @default QUEUE_TIMING */
  readonly timing?: QueueTiming;
}

const WORKER_THREAD = new URL('../../../workers/train.js', import.meta.url);

/**
 * Executes tasks of the queue until a stop is requested: then it gives running tasks back, with a checkpoint.
 * @throws why it can't continue, once it has given its tasks back
 */
export async function runQueueWorker(options: QueueWorkerOptions): Promise<void> {
  const { queue, outDir, bucket = null, workers, signal, output, timing = QUEUE_TIMING } = options;
  const say = output.line;
  makeFolder(path.join(outDir, 'tasks'));
  if (bucket !== null) await new BucketExchange(bucket).sendAll(outDir, say);
  const name = `${hostname()}-${process.pid}`;
  const connection = await QueueConnection.open(queue, timing, say);
  const pool = new ProcessPool({
    ...options,
    workerUrl: options.workerUrl ?? WORKER_THREAD,
    // A lock that is lost ends one task, not its neighbours.
    isolation: 'process',
    onLine: say,
  });
  const ending = new AbortController();
  pool.broken.catch((error: unknown) => {
    // Its tasks have not failed, and would wait forever.
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
    say,
  });
  say(`worker ${name} waits for tasks at ${queue.shown}, ${workers} at a time`);
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
