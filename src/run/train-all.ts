import { once } from 'node:events';
import type { Logger } from 'pino';
import type { ResultBucket } from '../remote/bucket/result-bucket.js';
import { Sender } from '../remote/bucket/transfers.js';
import { StoreError } from '../errors.js';
import { ProcessPool, type Isolation } from '../pool/process-pool.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { DispatchResult } from './dispatch.js';
import { dispatch } from './dispatch.js';
import type { Output } from './progress.js';
import { showProgress } from './progress.js';
import { stopText } from './stop.js';
import { Tally } from './tally.js';
import type { PendingTask } from './triage.js';

export interface TrainAllOptions {
  readonly outDir: string;
  /** Where finished tasks are sent to. */
  readonly bucket?: ResultBucket;
  readonly workers: number;
  readonly retries: number;
  readonly retrainCorrupt: boolean;
  readonly checkpointEveryMs: number;
  readonly isolation: Isolation;
  /** A task that makes no step for so long has failed. */
  readonly stallMs: number;
  /** Memory that all workers together may have resident. */
  readonly memoryBytes: number;
  readonly workerUrl: URL;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  readonly output: Output;
}

/** What the sweep had before this session. */
export interface Start {
  readonly tasks: number;
  readonly done: number;
  readonly pending: readonly PendingTask[];
}

/** Starts the workers, warms them up, trains what is pending, and ends them. */
export async function trainAll(start: Start, options: TrainAllOptions): Promise<DispatchResult> {
  const workers = Math.min(options.workers, start.pending.length);
  const { logger, output, signal, bucket, outDir } = options;
  if (signal.aborted) {
    announce((line) => output.write(`${line}\n`), options);
    return { done: 0, failed: [], corrupt: [] };
  }
  const onLine = (line: string): void => {
    unlessFull(() => {
      logger.info({ line }, 'a worker printed');
    });
  };
  const pool = new ProcessPool({ ...options, workers, onLine });
  const tally = new Tally(start, workers, (slot) => pool.stepOf(slot));
  const progress = showProgress(output, () => tally.snapshot(performance.now()));
  const sender = bucket === undefined ? null : new Sender(bucket, outDir, progress.event);
  const announceStop = (): void => {
    announce(progress.event, options);
  };
  signal.addEventListener('abort', announceStop);
  try {
    const first = representatives(start.pending);
    if (first.length > 0) await Promise.race([pool.warmUp(first), pool.broken, aborted(options.signal)]);
    const onDone = (task: Task): void => sender?.add(task);
    return await dispatch(start.pending, { ...options, workers, pool, tally, event: progress.event, onDone });
  } finally {
    await sender?.idle();
    signal.removeEventListener('abort', announceStop);
    progress.close();
    await pool.destroy();
  }
}

/** A stop does not wait for what is only being made ready. */
async function aborted(signal: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
}

function announce(tell: (line: string) => void, { logger, signal }: TrainAllOptions): void {
  unlessFull(() => {
    logger.warn({ reason: String(signal.reason) }, 'stop asked for');
  });
  tell(stopText(signal.reason));
}

/** Logs from an event, where nobody would catch the error: the next write of the store has it too. */
function unlessFull(log: () => void): void {
  try {
    log();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** The first task of those that one warm-up serves. */
function representatives(pending: readonly PendingTask[]): Task[] {
  const firsts = new Map<string, Task>();
  for (const { task } of pending) {
    const key = experimentOf(task.settings).warmUpKey(task.settings);
    if (key !== null && !firsts.has(key)) firsts.set(key, task);
  }
  return [...firsts.values()];
}
