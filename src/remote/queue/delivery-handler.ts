import { retryUntilAborted } from '../bucket/retry.js';
import type { ResultBucket } from '../bucket/result-bucket.js';
import type { TaskPool } from '../../pool/task-pool.js';
import { attemptTask } from '../../run/attempt-task.js';
import type { Output } from '../../run/output.js';
import { alreadyDone, confirmDone, released, type Settlement } from '../../run/settle.js';
import type { Predecessor } from '../../task/protocol.js';
import { readTaskState, taskFolder } from '../../store/task-folder.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import type { Delivery, TaskHandler } from './task-worker.js';
import { withSteps } from './payload.js';

export interface DeliveryHandlerOptions {
  readonly pool: Pick<TaskPool, 'train' | 'stepOf' | 'kill'>;
  readonly outDir: string;
  /** Where finished tasks are sent; null if all machines share the store. */
  readonly bucket: ResultBucket | null;
  /** Requests a stop of the worker when it aborts. */
  readonly signal: AbortSignal;
  readonly output: Pick<Output, 'line' | 'settled'>;
}

interface Running {
  readonly slot: number;
  readonly fromStep: number;
}

/** Executes the tasks of a queue in this machine's pool and store. */
export class DeliveryHandler implements TaskHandler {
  readonly #options: DeliveryHandlerOptions;
  readonly #running = new Map<string, Running>();
  /** Tasks that other workers have, and that have not ended here yet. */
  readonly #abandoned = new Set<string>();

  constructor(options: DeliveryHandlerOptions) {
    this.#options = options;
  }

  /** Executes a task unless the store or the bucket has its result: a task may be delivered twice after a crash. */
  async handle(delivery: Delivery): Promise<Settlement> {
    try {
      return await this.#handle(delivery);
    } finally {
      this.#abandoned.delete(delivery.task.id);
    }
  }

  stepsOf(taskId: string): { fromStep: number; step: number } | null {
    const running = this.#running.get(taskId);
    if (running === undefined) return null;
    return { fromStep: running.fromStep, step: this.#options.pool.stepOf(running.slot) };
  }

  abandon(taskId: string): void {
    this.#abandoned.add(taskId);
    const running = this.#running.get(taskId);
    if (running !== undefined) void this.#options.pool.kill(running.slot);
  }

  async #handle(delivery: Delivery): Promise<Settlement> {
    const { outDir, bucket } = this.#options;
    const { task } = delivery;
    const folder = taskFolder(outDir, task);
    const state = readTaskState(folder, task.id);
    if (state.state === 'done') return this.#send(task, this.#report(task, confirmDone(folder, task)));
    const isSent = await this.#isInBucket(task);
    if (isSent === null || this.#abandoned.has(task.id)) return released('the worker is stopping');
    if (isSent) return this.#report(task, alreadyDone(task));
    // With a bucket, this store is the worker's own, so nobody else could set corrupt tasks in it aside.
    let settlement = await this.#attempt(delivery, predecessorOf(delivery, outDir), bucket !== null);
    if (settlement.type === 'reset') settlement = await this.#attempt(delivery, null, false);
    return settlement.type === 'done' ? this.#send(task, settlement) : settlement;
  }

  #report({ name }: Task, settlement: Settlement): Settlement {
    this.#options.output.line(`already done: ${name}`);
    return settlement;
  }

  /** Returns whether the bucket has the task; null if a stop was requested before it answered. */
  async #isInBucket(task: Task): Promise<boolean | null> {
    const { bucket } = this.#options;
    if (bucket === null) return false;
    const answer = await this.#retry(async () => ({ isThere: await bucket.has(task) }));
    return answer === null ? null : answer.isThere;
  }

  /** Sends the result. A task is done once others can get its result; until then this worker holds it. */
  async #send(task: Task, settlement: Settlement): Promise<Settlement> {
    const { bucket, outDir, output } = this.#options;
    if (bucket === null) return settlement;
    const sent = await this.#retry(async () => {
      await bucket.send(task, outDir);
      return task;
    });
    if (sent !== null) return settlement;
    const problem = 'its result is only in the store of this worker';
    output.line(`returned to the queue, ${problem}: ${task.name}`);
    return released(problem);
  }

  async #retry<T extends object>(action: () => Promise<T>): Promise<T | null> {
    const { signal, output } = this.#options;
    return retryUntilAborted(action, { signal, print: output.line });
  }

  async #attempt(
    { task, failures, failedAttempts, isLastAttempt }: Delivery,
    predecessor: Predecessor | null,
    resetsCorrupt: boolean,
  ): Promise<Settlement> {
    const { pool, outDir, signal, output } = this.#options;
    const attempt = { task, predecessor, failures: failures + failedAttempts, isLast: isLastAttempt };
    const settlement = await attemptTask(attempt, {
      pool,
      outDir,
      rules: () => ({
        isStopping: signal.aborted,
        isAbandoned: this.#abandoned.has(task.id),
        resetsCorrupt,
      }),
      onStart: (slot, { fromStep }) => {
        output.line(`started: ${task.name}${fromStep === 0 ? '' : ` from step ${formatCount(fromStep)}`}`);
        this.#running.set(task.id, { slot, fromStep });
      },
    }).finally(() => {
      this.#running.delete(task.id);
    });
    output.settled(task, settlement);
    return settlement;
  }
}

/** Returns the predecessor with the steps that the coordinator named, if this store has it. */
function predecessorOf({ task, predecessorSteps }: Delivery, outDir: string): Predecessor | null {
  if (predecessorSteps === null) return null;
  const shorter = withSteps(task, predecessorSteps);
  if (shorter === null) return null;
  const folder = taskFolder(outDir, shorter);
  if (readTaskState(folder, shorter.id).state !== 'done') return null;
  return { id: shorter.id, folder, steps: predecessorSteps };
}
