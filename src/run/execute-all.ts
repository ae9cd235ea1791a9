import { StoreError } from '../errors.js';
import { EngineNotices } from '../pool/engine-notices.js';
import { ProcessPool } from '../pool/process-pool.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { ExecutorContext, Start } from './executor.js';
import type { RunEnd } from './ledger.js';
import { runLocally } from './local-queue.js';
import { untilAborted } from './stop.js';
import { Tally } from './tally.js';
import type { PendingTask } from './triage.js';

const WORKER_THREAD = new URL('../../workers/train.js', import.meta.url);

/** Starts the workers, warms them up, executes the pending tasks and shuts the workers down. */
export async function executeAll(start: Start, options: ExecutorContext): Promise<RunEnd> {
  const workers = Math.min(options.workers, start.pending.length);
  const { logger, output, signal, exchange, outDir } = options;
  if (signal.aborted) {
    announceStop(options);
    return { done: 0, failed: [], corrupt: [] };
  }
  const notices = new EngineNotices();
  const onLine = (line: string): void => {
    if (notices.classify(line) === 'new') output.line(line);
    ignoreStoreErrors(() => {
      logger.info({ line }, 'worker output');
    });
  };
  const pool = new ProcessPool({ workerUrl: WORKER_THREAD, ...options, workers, onLine });
  const tally = new Tally(start, workers, (slot) => pool.stepOf(slot));
  const closeProgress = output.showProgress(() => tally.snapshot(performance.now()));
  const sender = exchange?.sender(outDir, output.line);
  const onStop = (): void => {
    announceStop(options);
  };
  signal.addEventListener('abort', onStop);
  try {
    const first = representatives(start.pending);
    // A stop request must not wait for the warm-up.
    if (first.length > 0) await Promise.race([pool.warmUp(first), pool.broken, untilAborted(signal)]);
    const onDone = (task: Task): void => sender?.add(task);
    return await runLocally(start.pending, {
      ...options,
      workers,
      pool,
      tally,
      onDone,
    });
  } finally {
    await sender?.idle();
    signal.removeEventListener('abort', onStop);
    closeProgress();
    await pool.destroy();
  }
}

function announceStop({ logger, output, signal }: ExecutorContext): void {
  ignoreStoreErrors(() => {
    logger.warn({ reason: String(signal.reason) }, 'stop requested');
  });
  output.stopping(signal.reason);
}

/** Logs from an event handler, where nobody would catch a StoreError. The next write to the store throws it again. */
function ignoreStoreErrors(log: () => void): void {
  try {
    log();
  } catch (error) {
    if (!(error instanceof StoreError)) throw error;
  }
}

/** Returns one task for each warm-up that the pending tasks need. */
function representatives(pending: readonly PendingTask[]): Task[] {
  const firsts = new Map<string, Task>();
  for (const { task } of pending) {
    const key = experimentOf(task.settings).warmUpKey(task.settings);
    if (key !== null && !firsts.has(key)) firsts.set(key, task);
  }
  return [...firsts.values()];
}
