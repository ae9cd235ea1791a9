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

interface Workers {
  readonly pool: ProcessPool;
  readonly count: number;
  /** The warm-ups that they have done: see `Experiment.warmUpKey`. */
  readonly warmed: Set<string>;
}

/** Executes tasks on this machine. The stages of a search share the workers, so that TensorFlow is loaded once. */
export class LocalExecutor {
  readonly #minWorkers: number;
  #workers: Workers | null = null;
  readonly #notices = new EngineNotices();

  /** @param minWorkers number of workers to start even for fewer tasks, because more tasks may follow */
  constructor(minWorkers = 0) {
    this.#minWorkers = minWorkers;
  }

  /** Starts the workers if necessary, warms them up, and executes the pending tasks. */
  async execute(start: Start, options: ExecutorContext): Promise<RunEnd> {
    const { output, signal, exchange, outDir } = options;
    if (signal.aborted) {
      announceStop(options);
      return { done: 0, failed: [], corrupt: [] };
    }
    const { pool, count, warmed } = await this.#workersFor(start, options);
    const tally = new Tally(start, count, (slot) => pool.stepOf(slot));
    const closeProgress = output.showProgress(() => tally.snapshot(performance.now()));
    const sender = exchange?.sender(outDir, output.line);
    const onStop = (): void => {
      announceStop(options);
    };
    signal.addEventListener('abort', onStop);
    try {
      const first = representatives(start.pending, warmed);
      // A stop request must not wait for the warm-up.
      if (first.size > 0)
        await Promise.race([pool.warmUp([...first.values()]), pool.broken, untilAborted(signal)]);
      for (const key of first.keys()) warmed.add(key);
      const onDone = (task: Task): void => sender?.add(task);
      return await runLocally(start.pending, { ...options, workers: count, pool, tally, onDone });
    } finally {
      await sender?.idle();
      signal.removeEventListener('abort', onStop);
      closeProgress();
    }
  }

  /** Shuts the workers down. */
  async close(): Promise<void> {
    await this.#workers?.pool.destroy();
    this.#workers = null;
  }

  async #workersFor({ pending }: Start, options: ExecutorContext): Promise<Workers> {
    const count = Math.min(options.workers, Math.max(pending.length, this.#minWorkers));
    if (this.#workers !== null && this.#workers.count >= count) return this.#workers;
    await this.close();
    const { logger, output } = options;
    const onLine = (line: string): void => {
      if (this.#notices.classify(line) === 'new') output.line(line);
      ignoreStoreErrors(() => {
        logger.info({ line }, 'worker output');
      });
    };
    const pool = new ProcessPool({ workerUrl: WORKER_THREAD, ...options, workers: count, onLine });
    this.#workers = { pool, count, warmed: new Set() };
    return this.#workers;
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

/** Returns one task for each warm-up that the pending tasks need, by its key. */
function representatives(pending: readonly PendingTask[], warmed: ReadonlySet<string>): Map<string, Task> {
  const firsts = new Map<string, Task>();
  for (const { task } of pending) {
    const key = experimentOf(task.settings).warmUpKey(task.settings);
    if (key !== null && !warmed.has(key) && !firsts.has(key)) firsts.set(key, task);
  }
  return firsts;
}
