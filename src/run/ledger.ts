import type { Logger } from 'pino';
import type { Task } from '../task/task.js';
import type { Output } from './output.js';
import type { Settlement } from './settle.js';
import type { CorruptTask, FailedTask, PendingTask } from './triage.js';

/** The outcome of the tasks that were pending when a run started. */
export interface RunEnd {
  readonly done: number;
  readonly failed: readonly FailedTask[];
  /** Tasks that turned out to be corrupt when the run tried to resume them. */
  readonly corrupt: readonly CorruptTask[];
}

export interface LedgerOptions {
  readonly logger: Logger;
  readonly output: Pick<Output, 'settled'>;
}

const LOGGED = {
  done: ['info', 'task done'],
  released: ['info', 'task stopped'],
  retry: ['error', 'task failed, retrying'],
  failed: ['error', 'task failed'],
  reset: ['error', 'task corrupt'],
  corrupt: ['error', 'task corrupt'],
} as const;

/** Logged for a task whose process was ended by another task. */
const BYSTANDER = ['info', 'task interrupted, retrying'] as const;

/** Records, logs and shows how each pending task of a run is settled. */
export class Ledger {
  /** Resolves once no task is outstanding. */
  readonly settled: Promise<void>;
  readonly #options: LedgerOptions;
  readonly #outstanding: Map<string, PendingTask>;
  readonly #failed: FailedTask[] = [];
  readonly #corrupt: CorruptTask[] = [];
  #done = 0;
  #resolve: () => void = () => undefined;

  constructor(pending: readonly PendingTask[], options: LedgerOptions) {
    this.#options = options;
    this.#outstanding = new Map(pending.map((item) => [item.task.id, item]));
    this.settled = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  get outstanding(): PendingTask[] {
    return [...this.#outstanding.values()];
  }

  /** Returns the task with this id, or null if it has ended or belongs to another run. */
  find(id: string): PendingTask | null {
    return this.#outstanding.get(id) ?? null;
  }

  /** @param where the slot or worker that executes the task, for the log */
  started({ task }: Pick<PendingTask, 'task'>, where: object, fromStep: number): void {
    this.#options.logger.info({ task: task.name, ...where, fromStep }, 'task started');
  }

  /** @param worker the worker that reported it, for the log */
  record({ task }: Pick<PendingTask, 'task'>, settlement: Settlement, worker?: string): void {
    logSettlement(this.#options.logger, task, settlement, worker);
    this.#options.output.settled(task, settlement);
    if (settlement.type === 'done') this.#done += 1;
    else if (settlement.type === 'failed') this.#failed.push({ task, failure: settlement.failure });
    else if (settlement.type === 'corrupt') this.#corrupt.push({ task, problem: settlement.problem });
    else return;
    this.#outstanding.delete(task.id);
    if (this.#outstanding.size === 0) this.#resolve();
  }

  result(): RunEnd {
    return { done: this.#done, failed: this.#failed, corrupt: this.#corrupt };
  }
}

/** @param worker the worker that reported it */
export function logSettlement(
  logger: Logger,
  task: Task,
  { type, ...fields }: Settlement,
  worker?: string,
): void {
  const isBystander = 'blame' in fields && fields.blame === 0;
  const [level, message] = isBystander ? BYSTANDER : LOGGED[type];
  const { failure, ...others } = { failure: {}, ...fields };
  logger[level]({ task: task.name, worker, ...failure, ...others }, message);
}
