import type { Predecessor } from '../task/protocol.js';
import type { TaskState } from '../store/task-folder.js';
import { FINAL_REASONS, type TaskFailure } from '../task/outcome.js';
import { estimateCost, estimateElapsedMs, stepsOf } from '../task/cost.js';
import { FAILURE_LABELS, STATE_LABELS, type StateName } from '../task/states.js';
import type { Cost } from '../task/experiment.js';
import type { Settings, Task } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';

/** A task that this run executes. */
export interface PendingTask {
  readonly task: Task;
  /** The number of steps already done by its checkpoint, or else by its predecessor. */
  readonly fromStep: number;
  readonly predecessor: Predecessor | null;
  /** The number of attempts that failed, including those in earlier runs. */
  readonly failures: number;
  /** The estimated cost of the whole task. */
  readonly cost: Cost;
}

export interface FailedTask {
  readonly task: Task;
  readonly failure: TaskFailure;
}

export interface CorruptTask {
  readonly task: Task;
  readonly problem: string;
}

export interface TriageOptions {
  /** Whether to execute tasks again that diverged (had a non-finite loss). */
  readonly retryDiverged: boolean;
  /** Whether to execute only the failed tasks, including those that diverged. @default false */
  readonly onlyFailed?: boolean;
  /** Ids of tasks whose retries are used up. @default none */
  readonly givenUp?: ReadonlySet<string>;
  /** Ids of failed tasks to execute again, whatever the reason of the failure. @default none */
  readonly retried?: ReadonlySet<string>;
  /** The number of tasks that run concurrently; null if unknown. */
  readonly workers: number | null;
  /** Estimates the cost of a task. @default estimateCost */
  readonly costOf?: (settings: Settings) => Cost;
  /** The ratio of actual to estimated time on this machine. @default 1 */
  readonly msPerEstimatedMs?: number;
}

/** The tasks of a sweep, grouped by what a run does with them. */
export interface Triage {
  readonly done: number;
  /** The tasks with the most work come first. */
  readonly pending: readonly PendingTask[];
  /** Tasks that failed earlier and are not retried. */
  readonly failed: readonly FailedTask[];
  readonly corrupt: readonly CorruptTask[];
  /** The estimated elapsed time of the pending tasks; null if there are none or the number of workers is unknown. */
  readonly remainingMs: number | null;
  /**
   * For example `21 tasks: 12 done, 3 interrupted (steps 4,000 to 81,000), 1 failed (diverged), 1 corrupt, 4 pending; about 2 min
   * 10 s on 2 workers`. The time covers the tasks that the run executes.
   */
  readonly summary: string;
}

/** Decides which tasks to execute from their states. Divergence is deterministic, so it is retried only on request. */
export function triage(
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
  options: TriageOptions,
  predecessors: ReadonlyMap<string, Predecessor>,
): Triage {
  const { retryDiverged, onlyFailed = false, givenUp, retried, costOf = estimateCost } = options;
  const pending: PendingTask[] = [];
  const failed: FailedTask[] = [];
  const corrupt: CorruptTask[] = [];
  /** @param step the step of its checkpoint, or null */
  const pendingFrom = (task: Task, step: number | null, failures: number): PendingTask => {
    const predecessor = step === null ? (predecessors.get(task.id) ?? null) : null;
    const fromStep = step ?? predecessor?.steps ?? 0;
    return { task, fromStep, predecessor, failures, cost: costOf(task.settings) };
  };
  const found = tasks.map((task) => ({ task, state: states.get(task.id) ?? ({ state: 'new' } as const) }));
  for (const { task, state } of found) {
    if (state.state === 'corrupt') corrupt.push({ task, problem: state.problem });
    else if (state.state === 'failed') {
      const { failure } = state;
      const isFinal = FINAL_REASONS.includes(failure.reason) && !retryDiverged && !onlyFailed;
      const isGivenUp = isFinal || givenUp?.has(task.id) === true;
      if (isGivenUp && retried?.has(task.id) !== true) failed.push({ task, failure });
      else pending.push(pendingFrom(task, state.step, failure.attempts));
    } else if (state.state !== 'done' && !onlyFailed) {
      const step = state.state === 'interrupted' ? state.step : null;
      pending.push(pendingFrom(task, step, 0));
    }
  }
  const remainingMs = estimateRemainingMs(pending, options);
  return {
    done: found.filter(({ state }) => state.state === 'done').length,
    pending: longestFirst(pending),
    failed,
    corrupt,
    remainingMs,
    summary: `${countStates(found.map(({ state }) => state))}${timeText(remainingMs, pending.length, options)}`,
  };
}

/** Returns the estimated milliseconds that the task still needs on one worker. */
export function remainingWorkMs({ task, fromStep, cost }: PendingTask): number {
  const steps = stepsOf(task.settings);
  return steps === 0 ? 0 : cost.trainingMs * (1 - fromStep / steps);
}

/** Returns the size of the tasks' files when they have finished. */
export function bytesToWrite(pending: readonly PendingTask[]): number {
  return pending.reduce((sum, { cost }) => sum + cost.bytes, 0);
}

function longestFirst(pending: readonly PendingTask[]): PendingTask[] {
  return pending
    .map((item) => ({ item, workMs: remainingWorkMs(item) }))
    .sort((a, b) => b.workMs - a.workMs)
    .map(({ item }) => item);
}

function countStates(states: readonly TaskState[]): string {
  const count = (state: StateName) => formatCount(states.filter((each) => each.state === state).length);
  const counted = (state: StateName, note = '') => `${count(state)} ${STATE_LABELS[state].word}${note}`;
  const parts = [
    counted('done'),
    counted('interrupted', checkpointSteps(states)),
    counted('failed', failureReasons(states)),
    ...(count('corrupt') === '0' ? [] : [counted('corrupt')]),
    counted('new'),
  ];
  return `${formatCount(states.length)} ${states.length === 1 ? 'task' : 'tasks'}: ${parts.join(', ')}`;
}

/** Returns the range of checkpoint steps, for example ` (steps 4,000 to 81,000)`. */
function checkpointSteps(states: readonly TaskState[]): string {
  const steps = states.flatMap((state) => (state.state === 'interrupted' ? [state.step] : []));
  if (steps.length === 0) return '';
  // Spread arguments would overflow the stack: a sweep may have a million tasks.
  const min = formatCount(steps.reduce((a, b) => Math.min(a, b)));
  const max = formatCount(steps.reduce((a, b) => Math.max(a, b)));
  return min === max ? ` (step ${min})` : ` (steps ${min} to ${max})`;
}

/** Returns why tasks failed, for example ` (diverged)` or ` (2 diverged, 1 error)`. */
function failureReasons(states: readonly TaskState[]): string {
  const reasons = states.flatMap((state) => (state.state === 'failed' ? [state.failure.reason] : []));
  const kinds = [...new Set(reasons)].map((kind) => {
    const count = reasons.filter((reason) => reason === kind).length;
    return { text: `${formatCount(count)} ${FAILURE_LABELS[kind]}`, word: FAILURE_LABELS[kind], count };
  });
  const [first] = kinds;
  if (first === undefined) return '';
  const inOrder = kinds.sort((a, b) => b.count - a.count).map(({ text }) => text);
  return kinds.length === 1 ? ` (${first.word})` : ` (${inOrder.join(', ')})`;
}

function estimateRemainingMs(
  pending: readonly PendingTask[],
  { workers, msPerEstimatedMs = 1 }: TriageOptions,
): number | null {
  if (pending.length === 0 || workers === null) return null;
  const costs = pending.map((item) => ({ trainingMs: remainingWorkMs(item) * msPerEstimatedMs }));
  return estimateElapsedMs(costs, Math.min(workers, pending.length));
}

/** Returns the remaining time, for example `; about 2 min 10 s on 2 workers`. */
function timeText(remainingMs: number | null, pending: number, { workers }: TriageOptions): string {
  if (remainingMs === null || workers === null) return '';
  const used = Math.min(workers, pending);
  return `; about ${formatDuration(remainingMs)} on ${formatCount(used)} ${used === 1 ? 'worker' : 'workers'}`;
}
