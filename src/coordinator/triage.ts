import type { Predecessor } from '../store/predecessors.js';
import type { TaskFailure, TaskState } from '../store/task-folder.js';
import { estimateCost, stepsOf } from '../sweep/cost.js';
import type { Task } from '../sweep/task.js';

/** A task to be trained in this session. */
export interface PendingTask {
  readonly task: Task;
  /** Steps that its checkpoint, or else its predecessor, already has. */
  readonly fromStep: number;
  readonly predecessor: Predecessor | null;
  /** Runs of it that failed, in earlier sessions too. */
  readonly failures: number;
}

export interface FailedTask {
  readonly task: Task;
  readonly failure: TaskFailure;
}

export interface CorruptTask {
  readonly task: Task;
  readonly problem: string;
}

/** What a sweep has and lacks when a session starts. */
export interface Triage {
  readonly done: number;
  /** Most work first. */
  readonly pending: readonly PendingTask[];
  /** Of an earlier session, and not to be tried again. */
  readonly failed: readonly FailedTask[];
  readonly corrupt: readonly CorruptTask[];
  /** As `21 tasks: 12 done, 3 to continue, 0 failed, 6 to run`. */
  readonly summary: string;
}

/** Decides from the tasks' states which to train. A divergence is deterministic, so it is tried again only if asked. */
export function triage(
  tasks: readonly Task[],
  states: ReadonlyMap<string, TaskState>,
  { retryDiverged }: { readonly retryDiverged: boolean },
  predecessors: ReadonlyMap<string, Predecessor>,
): Triage {
  const pending: PendingTask[] = [];
  const failed: FailedTask[] = [];
  const corrupt: CorruptTask[] = [];
  const counts: Record<TaskState['state'], number> = {
    new: 0,
    interrupted: 0,
    done: 0,
    failed: 0,
    corrupt: 0,
  };
  for (const task of tasks) {
    const state = states.get(task.id) ?? { state: 'new' };
    counts[state.state] += 1;
    if (state.state === 'corrupt') corrupt.push({ task, problem: state.problem });
    if (state.state === 'new') pending.push(afresh(task, predecessors.get(task.id) ?? null));
    if (state.state === 'interrupted')
      pending.push({ task, fromStep: state.step, predecessor: null, failures: 0 });
    if (state.state !== 'failed') continue;
    const { failure } = state;
    if (failure.reason === 'diverged' && !retryDiverged) failed.push({ task, failure });
    else pending.push({ task, fromStep: 0, predecessor: null, failures: failure.attempts });
  }
  return {
    done: counts.done,
    pending: longestFirst(pending),
    failed,
    corrupt,
    summary: summarise(tasks.length, counts),
  };
}

function afresh(task: Task, predecessor: Predecessor | null): PendingTask {
  return { task, fromStep: predecessor?.steps ?? 0, predecessor, failures: 0 };
}

/** Estimated milliseconds of training that the task still needs in one worker. */
export function remainingWorkMs({ task: { settings }, fromStep }: PendingTask): number {
  return estimateCost(settings).trainingMs * (1 - fromStep / stepsOf(settings));
}

function longestFirst(pending: readonly PendingTask[]): PendingTask[] {
  return pending
    .map((item) => ({ item, workMs: remainingWorkMs(item) }))
    .sort((a, b) => b.workMs - a.workMs)
    .map(({ item }) => item);
}

function summarise(total: number, counts: Readonly<Record<TaskState['state'], number>>): string {
  const corrupt = counts.corrupt === 0 ? '' : `, ${counts.corrupt} corrupt`;
  const noun = total === 1 ? 'task' : 'tasks';
  return (
    `${total} ${noun}: ${counts.done} done, ${counts.interrupted} to continue, ` +
    `${counts.failed} failed${corrupt}, ${counts.new} to run`
  );
}
