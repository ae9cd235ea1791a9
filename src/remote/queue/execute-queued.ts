import { dropCommand, type QueueAddress } from './address.js';
import { TaskQueue } from './task-queue.js';
import { QUEUE_TIMING, type QueueTiming } from './timing.js';
import type { RunEnd } from '../../run/ledger.js';
import { formatCount } from '../../units.js';
import { QueueWatch, type WatchOptions } from './queue-watch.js';
import { RemoteSlots } from './remote-slots.js';
import { Tally } from '../../run/tally.js';
import type { Start } from '../../run/executor.js';

export interface ExecuteQueuedOptions extends WatchOptions {
  readonly address: QueueAddress;
  readonly timing?: QueueTiming;
}

/** Adds the pending tasks to the queue, and follows them until all have ended or a stop is requested. */
export async function executeQueued(start: Start, options: ExecuteQueuedOptions): Promise<RunEnd> {
  const { output, signal, address, logger, timing = QUEUE_TIMING } = options;
  const slots = new RemoteSlots((stepOf) => new Tally(start, 0, stepOf));
  const closeProgress = output.showProgress(() => slots.snapshot(performance.now()));
  const watch = new QueueWatch(start.pending, slots, options);
  let queue: TaskQueue | null = null;
  try {
    queue = await TaskQueue.open(address, timing, watch, output.line);
    output.line(`the queue is ${address.shown}: start vae-sweep worker on each machine`);
    const others = await queue.countOthers(start.pending.map(({ task }) => task));
    if (others > 0) output.line(othersText(others, address));
    const result = await watch.run(queue, timing);
    if (signal.aborted)
      output.line('detached: the workers continue; run the same command again to follow them');
    return result;
  } catch (error) {
    logger.error({ problem: String(error) }, 'queue failed');
    throw error;
  } finally {
    closeProgress();
    queue?.close();
  }
}

function othersText(others: number, address: QueueAddress): string {
  return (
    `the queue also has ${formatCount(others)} ${others === 1 ? 'task' : 'tasks'} of other runs, for example of another sweep or version: ` +
    `workers execute them too. To drop all waiting tasks, stop the workers and run ${dropCommand(address)}`
  );
}
