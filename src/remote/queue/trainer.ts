import { patiently } from '../bucket/patience.js';
import type { ResultBucket } from '../bucket/result-bucket.js';
import { StoreError } from '../../errors.js';
import { doneText, failureOf, type TaskFailureOutcome } from '../../pool/outcome.js';
import type { ProcessPool } from '../../pool/process-pool.js';
import type { TaskOutcome } from '../../pool/task-pool.js';
import type { Predecessor } from '../../task/protocol.js';
import {
  clearFailed,
  markFailed,
  prepareTaskFolder,
  readTaskState,
  setAside,
  taskFolder,
  type TaskState,
} from '../../store/task-folder.js';
import { stepsOf } from '../../task/cost.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import type { Delivery, TaskHandler, Verdict } from './task-worker.js';
import { withSteps } from './payload.js';

export interface TrainerOptions {
  readonly pool: Pick<ProcessPool, 'train' | 'stepOf' | 'kill'>;
  readonly outDir: string;
  /** Where finished tasks are sent to; null where all machines share the store. */
  readonly bucket: ResultBucket | null;
  /** Of this worker. */
  readonly name: string;
  /** Whether the worker is to stop. */
  readonly signal: AbortSignal;
  readonly say: (line: string) => void;
}

interface Running {
  readonly slot: number;
  readonly fromStep: number;
}

/** Trains the tasks of a queue in a pool of this machine, into this machine's store. */
export class Trainer implements TaskHandler {
  readonly #options: TrainerOptions;
  readonly #running = new Map<string, Running>();
  /** Tasks that others have, and that have not ended here yet. */
  readonly #abandoned = new Set<string>();

  constructor(options: TrainerOptions) {
    this.#options = options;
  }

  /** What the store or the bucket has is not trained again: a task may be delivered twice after a crash. */
  async handle(delivery: Delivery): Promise<Verdict> {
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

  async #handle(delivery: Delivery): Promise<Verdict> {
    const { outDir } = this.#options;
    const { task } = delivery;
    const folder = taskFolder(outDir, task);
    const state = readTaskState(folder, task.id);
    if (state.state === 'done') return this.#send(task, this.#doneBefore(task));
    const isSent = await this.#isInBucket(task);
    if (isSent === null || this.#abandoned.has(task.id)) return { type: 'stopped' };
    if (isSent) return this.#doneBefore(task);
    const outcome = await this.#trainIn(folder, state, delivery);
    const verdict = this.#judge(delivery, folder, outcome);
    return verdict.type === 'done' ? this.#send(task, verdict) : verdict;
  }

  /** With a bucket, this store is the worker's own: nobody else could set what is corrupt in it aside. */
  async #trainIn(folder: string, state: TaskState, delivery: Delivery): Promise<TaskOutcome> {
    const outcome = await this.#tryToTrain(folder, state, delivery);
    if (outcome.type !== 'corrupt' || this.#options.bucket === null) return outcome;
    this.#options.say(`corrupt: ${delivery.task.name}: ${outcome.problem}; set aside as ${setAside(folder)}`);
    return this.#tryToTrain(folder, { state: 'new' }, { ...delivery, predecessorSteps: null });
  }

  async #tryToTrain(folder: string, state: TaskState, delivery: Delivery): Promise<TaskOutcome> {
    if (state.state === 'corrupt') return { type: 'corrupt', problem: state.problem };
    prepareTaskFolder(folder, delivery.task);
    if (state.state === 'failed') clearFailed(folder);
    return this.#train(delivery, folder, state);
  }

  #doneBefore(task: Task): Verdict {
    this.#options.say(`done before: ${task.name}`);
    const steps = stepsOf(task.settings);
    return { type: 'done', report: { fromStep: steps, steps, text: 'done before', recovered: null } };
  }

  /** Null if a stop was asked for before the bucket told. */
  async #isInBucket(task: Task): Promise<boolean | null> {
    const { bucket } = this.#options;
    if (bucket === null) return false;
    const told = await patiently(async () => ({ isThere: await bucket.has(task) }), this.#options);
    return told === null ? null : told.isThere;
  }

  /** A task is done once others can have its result; until then this worker holds it. */
  async #send(task: Task, verdict: Verdict): Promise<Verdict> {
    const { bucket, outDir, say } = this.#options;
    if (bucket === null) return verdict;
    const sent = await patiently(async () => {
      await bucket.send(task, outDir);
      return task;
    }, this.#options);
    if (sent !== null) return verdict;
    say(`given back, its result is here alone: ${task.name}`);
    return { type: 'stopped' };
  }

  async #train(delivery: Delivery, folder: string, state: TaskState): Promise<TaskOutcome> {
    const { pool, outDir, say } = this.#options;
    const { task } = delivery;
    const step = state.state === 'interrupted' || state.state === 'failed' ? state.step : null;
    const predecessor = step === null ? predecessorOf(delivery, outDir) : null;
    const fromStep = step ?? predecessor?.steps ?? 0;
    say(`training: ${task.name}${fromStep === 0 ? '' : ` from step ${formatCount(fromStep)}`}`);
    try {
      return await pool.train({ task, folder, fromStep, predecessor }, (slot) => {
        this.#running.set(task.id, { slot, fromStep });
      });
    } finally {
      this.#running.delete(task.id);
    }
  }

  #judge(delivery: Delivery, folder: string, outcome: TaskOutcome): Verdict {
    const { say, name, signal } = this.#options;
    const { task } = delivery;
    switch (outcome.type) {
      case 'done':
      case 'computed': {
        const text = doneText(outcome);
        say(`done: ${task.name}, ${text}`);
        const steps = stepsOf(task.settings);
        const { fromStep, recovered } = outcome.type === 'done' ? outcome : { fromStep: 0, recovered: null };
        return { type: 'done', report: { steps, fromStep, text, recovered } };
      }
      case 'stopped':
        say(`given back: ${task.name} at step ${formatCount(outcome.step)}`);
        return { type: 'stopped' };
      case 'corrupt':
        say(`corrupt: ${task.name}: ${outcome.problem}`);
        return corruptVerdict(name, outcome.problem);
      case 'unwritable':
        throw new StoreError(outcome.message);
      default:
        // A process that ended because all do, or since another worker has its task, is no failure.
        if (outcome.type === 'ended' && (signal.aborted || this.#abandoned.has(task.id)))
          return { type: 'stopped' };
        return this.#fail(delivery, folder, outcome);
    }
  }

  /** A divergence comes again. */
  #fail(delivery: Delivery, folder: string, outcome: TaskFailureOutcome): Verdict {
    const { say, name } = this.#options;
    const { task, failures, failedTries, isLastTry } = delivery;
    const failure = failureOf(outcome, failures + failedTries + 1);
    const isFinal = outcome.type === 'diverged';
    if (isFinal || isLastTry) markFailed(folder, failure);
    say(`${isFinal || isLastTry ? 'failed' : 'failed, to be tried again'}: ${task.name}: ${failure.message}`);
    return { type: 'failed', failure: { type: 'failed', worker: name, failure }, isFinal };
  }
}

/** Corrupt files do not mend themselves: the coordinator decides. */
function corruptVerdict(worker: string, problem: string): Verdict {
  return { type: 'failed', failure: { type: 'corrupt', worker, problem }, isFinal: true };
}

/** The coordinator names its steps; its folder and whether it is there follow from this store. */
function predecessorOf({ task, predecessorSteps }: Delivery, outDir: string): Predecessor | null {
  if (predecessorSteps === null) return null;
  const shorter = withSteps(task, predecessorSteps);
  if (shorter === null) return null;
  const folder = taskFolder(outDir, shorter);
  if (readTaskState(folder, shorter.id).state !== 'done') return null;
  return { id: shorter.id, folder, steps: predecessorSteps };
}
