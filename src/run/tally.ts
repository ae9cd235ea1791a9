import { stepsOf } from '../task/cost.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import type { PendingTask } from './triage.js';
import { remainingWorkMs } from './triage.js';

/** The progress of a sweep at one moment. */
export interface Snapshot {
  readonly tasksDone: number;
  readonly tasks: number;
  /** Steps per second of all workers together, over the last seconds; null before the first step. */
  readonly stepsPerSecond: number | null;
  /** The estimated remaining time; null until the first step. */
  readonly etaMs: number | null;
  /** The running tasks by slot; null where a worker is idle. */
  readonly workers: readonly (RunningTask | null)[];
}

export interface RunningTask {
  readonly task: Task;
  readonly step: number;
  /** The worker that executes it, if several machines share the queue. */
  readonly worker?: string;
}

interface Running {
  readonly task: Task;
  readonly worker: string | undefined;
  readonly fromStep: number;
  readonly workMsPerStep: number;
}

/** The length of the window over which the speed is averaged. */
const WINDOW_MS = 10_000;

/** For so long, the tasks' estimated times count more towards the remaining time than the measured ones. */
const ESTIMATES_COUNT_MS = 10_000;

/**
 * Tracks done and remaining work. Only steps of this run count towards the speed. Work is measured in estimated milliseconds, because
 * a step of one experiment can take many times as long as a step of another. The estimate's error is a factor that depends on the
 * machine, and cancels out of the remaining time once the run has measured enough of its own work. Neither the start-up of workers nor
 * their first steps are enough: until then, the remaining time follows the estimates.
 */
export class Tally {
  readonly #tasks: number;
  readonly #workers: number;
  readonly #stepOf: (slot: number) => number;
  readonly #running: (Running | null)[];
  #tasksDone: number;
  #waitingWorkMs: number;
  #endedSteps = 0;
  #endedWorkMs = 0;
  /** Whether all tasks so far have estimates that are more than placeholders. */
  #hasEstimates = true;
  /** When steps were last known not to have started. */
  #startMs: number | null = null;
  #window: { readonly atMs: number; readonly steps: number }[] = [];

  /** @param workers the number of permanent slots; further slots exist only while they have tasks */
  constructor(
    { tasks, done, pending }: { tasks: number; done: number; pending: readonly PendingTask[] },
    workers: number,
    stepOf: (slot: number) => number,
  ) {
    this.#tasks = tasks;
    this.#workers = workers;
    this.#tasksDone = done;
    this.#waitingWorkMs = pending.reduce((sum, item) => sum + remainingWorkMs(item), 0);
    this.#running = Array<Running | null>(workers).fill(null);
    this.#stepOf = stepOf;
  }

  started(slot: number, pending: PendingTask, nowMs: number, worker?: string): void {
    const { task, fromStep, cost } = pending;
    if (this.#startMs === null) this.#window = [{ atMs: nowMs, steps: 0 }];
    this.#startMs ??= nowMs;
    this.#waitingWorkMs -= remainingWorkMs(pending);
    if (cost.isAssumed === true) this.#hasEstimates = false;
    this.#running[slot] = {
      task,
      worker,
      fromStep,
      workMsPerStep: cost.microsecondsPerStep / 1000,
    };
  }

  /** Records that the slot's task has ended or was interrupted. */
  ended(slot: number, isDone: boolean): void {
    const running = this.#running[slot];
    if (!running) return;
    const steps = this.#stepsDone(slot, running);
    if (countsSteps(running)) this.#endedSteps += steps;
    this.#endedWorkMs += steps * running.workMsPerStep;
    this.#running[slot] = null;
    while (this.#running.length > this.#workers && this.#running.at(-1) === null) this.#running.pop();
    if (isDone) this.#tasksDone += 1;
  }

  /** Records that the task was settled without having started. */
  dropped(pending: PendingTask): void {
    this.#waitingWorkMs -= remainingWorkMs(pending);
  }

  requeued(pending: PendingTask): void {
    this.#waitingWorkMs += remainingWorkMs(pending);
  }

  snapshot(nowMs: number): Snapshot {
    return {
      tasksDone: this.#tasksDone,
      tasks: this.#tasks,
      stepsPerSecond: this.#speed(nowMs),
      etaMs: this.#eta(nowMs),
      workers: this.#running.map(
        (running, slot) =>
          running && {
            task: running.task,
            step: this.#stepOf(slot),
            ...(running.worker === undefined ? {} : { worker: running.worker }),
          },
      ),
    };
  }

  #speed(nowMs: number): number | null {
    let steps = this.#endedSteps;
    for (const [running, slot] of this.#active())
      if (countsSteps(running)) steps += this.#stepsDone(slot, running);
    this.#window.push({ atMs: nowMs, steps });
    // Keep one sample at or just beyond the window's far end, however rarely samples are taken.
    const inside = this.#window.findIndex(({ atMs }) => nowMs - atMs < WINDOW_MS);
    this.#window = this.#window.slice(Math.max(0, inside - 1));
    const [oldest] = this.#window;
    if (oldest === undefined || steps === oldest.steps) return null;
    return ((steps - oldest.steps) * 1000) / (nowMs - oldest.atMs);
  }

  /** Returns the time for all work divided among the workers, or that of the longest running task if it is greater. */
  #eta(nowMs: number): number | null {
    const active = this.#active();
    let doneMs = this.#endedWorkMs;
    let leftMs = this.#waitingWorkMs;
    let longestMs = 0;
    for (const [running, slot] of active) {
      doneMs += this.#stepsDone(slot, running) * running.workMsPerStep;
      const taskLeftMs = (stepsOf(running.task.settings) - this.#stepOf(slot)) * running.workMsPerStep;
      leftMs += taskLeftMs;
      longestMs = Math.max(longestMs, taskLeftMs);
    }
    if (this.#startMs === null) return null;
    if (doneMs === 0) {
      this.#startMs = nowMs;
      return null;
    }
    const estimatedMs = this.#hasEstimates ? ESTIMATES_COUNT_MS : 0;
    const msPerWorkMs =
      (nowMs - this.#startMs + estimatedMs) / (doneMs + estimatedMs * Math.max(1, active.length));
    return Math.max(leftMs, longestMs * this.#running.length) * msPerWorkMs;
  }

  #active(): (readonly [Running, number])[] {
    return this.#running.flatMap((running, slot) => (running === null ? [] : [[running, slot] as const]));
  }

  #stepsDone(slot: number, { fromStep }: Running): number {
    return Math.max(0, this.#stepOf(slot) - fromStep);
  }
}

/** Returns whether the task counts towards the speed, which is in steps. */
function countsSteps({ task }: { readonly task: Task }): boolean {
  return experimentOf(task.settings).unit === 'step';
}
