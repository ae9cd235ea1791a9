import { stepsOf } from '../task/cost.js';
import { StoreError } from '../errors.js';
import { fsyncFolder } from '../store/files.js';
import { markFailed, prepareTaskFolder, readTaskState, setAside, taskFolder } from '../store/task-folder.js';
import {
  doneText,
  failureOf,
  type FailureOutcome,
  type TaskFailure,
  type TaskOutcome,
} from '../task/outcome.js';
import type { Task } from '../task/task.js';

/** The circumstances of an attempt at a task, known before it ends. */
export interface Attempt {
  /** The number of earlier attempts that failed, including those in earlier runs. */
  readonly failures: number;
  /** Whether the task fails for good if this attempt fails. */
  readonly isLast: boolean;
}

export interface SettleRules {
  /** Whether a stop was requested. */
  readonly isStopping: boolean;
  /** Whether this process may no longer hold the task, in which case its folder may belong to another. @default false */
  readonly isAbandoned?: boolean;
  /** Whether to set the folders of corrupt tasks aside and execute these tasks from the first step. */
  readonly resetsCorrupt: boolean;
}

/** The decision that follows from a task's outcome. */
export type Settlement =
  | {
      readonly type: 'done';
      readonly fromStep: number;
      readonly steps: number;
      /** For example `1,000 steps in 3 s`; empty if only the existence of the result is known. */
      readonly text: string;
      readonly recovered: string | null;
    }
  /** The task can be resumed, here or on another machine. */
  | {
      readonly type: 'released';
      /** The step of its checkpoint; null if there is none. */
      readonly step: number | null;
      readonly recovered: string | null;
      /** Why it was interrupted, which is not the task's fault; null if it stopped on request. */
      readonly problem: string | null;
    }
  /** `blame` is 0 for a task that merely shared its process with the one that failed. */
  | ({ readonly type: 'retry'; readonly blame: 0 | 1 } & Failed)
  | ({ readonly type: 'failed' } & Failed)
  /** Its folder was renamed to `aside`, and it starts again from the first step. */
  | { readonly type: 'reset'; readonly problem: string; readonly aside: string }
  | { readonly type: 'corrupt'; readonly problem: string };

interface Failed {
  readonly failure: TaskFailure;
  readonly stack: string | null;
}

/** A worker's report of a task that it could not finish. */
export type ProblemReport =
  | { readonly type: 'failed'; readonly failure: TaskFailure }
  | { readonly type: 'corrupt'; readonly problem: string };

/**
 * Decides what follows from an outcome and writes it to the task's folder. During a run, only this module marks tasks as failed or
 * sets their folders aside.
 * @throws a StoreError for `unwritable`, which is not the task's fault
 */
export function settle(
  folder: string,
  attempt: Attempt,
  outcome: TaskOutcome,
  rules: SettleRules,
): Settlement {
  if (rules.isAbandoned === true) return released('another worker may hold the task');
  switch (outcome.type) {
    case 'done': {
      const { fromStep, steps, recovered } = outcome;
      return { type: 'done', fromStep, steps, text: doneText(outcome), recovered };
    }
    case 'stopped':
      return { type: 'released', step: outcome.step, recovered: outcome.recovered, problem: null };
    case 'unwritable':
      throw new StoreError(outcome.message);
    case 'corrupt':
      return settleCorrupt(folder, outcome.problem, rules);
    default:
      return settleFailure(folder, attempt, outcome, rules);
  }
}

/** Settles a worker's report in the run's store. The worker may have its own store. */
export function settleReported(
  outDir: string,
  task: Task,
  report: ProblemReport,
  rules: SettleRules,
): Settlement {
  if (rules.isAbandoned === true) return released('another worker may hold the task');
  const folder = taskFolder(outDir, task);
  const state = readTaskState(folder, task.id);
  if (report.type === 'corrupt') {
    // A folder that this store lacks can't be set aside: the corrupt one is in the worker's own store.
    const resetsCorrupt = rules.resetsCorrupt && state.state !== 'new';
    return settleCorrupt(folder, report.problem, { ...rules, resetsCorrupt });
  }
  // A worker that shares this store has already written the failure. One with its own store has not, so that this store may hold an
  // earlier failure.
  if (state.state === 'failed' && state.failure.attempts >= report.failure.attempts)
    return { type: 'failed', failure: state.failure, stack: null };
  if (state.state !== 'done') markFailed(prepareTaskFolder(folder, task), report.failure);
  return { type: 'failed', failure: report.failure, stack: null };
}

/** Settles a corrupt task. After a stop request the folder stays in place, because another process may soon own the store. */
export function settleCorrupt(
  folder: string,
  problem: string,
  { isStopping, resetsCorrupt }: SettleRules,
): Settlement {
  if (!resetsCorrupt) return { type: 'corrupt', problem };
  return isStopping ? released(problem) : { type: 'reset', problem, aside: setAside(folder) };
}

function settleFailure(
  folder: string,
  { failures, isLast }: Attempt,
  outcome: FailureOutcome,
  { isStopping }: SettleRules,
): Settlement {
  const isDeterministic =
    outcome.type === 'diverged' || (outcome.type === 'failed' && outcome.isPermanent === true);
  // Ctrl-C in a terminal also reaches a compiler that a task waits for, so a failure after a stop request is not the task's fault.
  if (isStopping && !isDeterministic) return released(outcome.message);
  const blame = outcome.type === 'ended' && !outcome.causedExit ? 0 : 1;
  const stack = outcome.type === 'failed' ? outcome.stack : null;
  const failure = failureOf(outcome, failures + 1);
  if (!isDeterministic && (blame === 0 || !isLast)) return { type: 'retry', failure, stack, blame };
  markFailed(folder, failure);
  return { type: 'failed', failure, stack };
}

/** Returns the settlement of a task that was done before this attempt, or by a worker that ended before it could report so. */
export function alreadyDone({ settings }: Task): Settlement {
  const steps = stepsOf(settings);
  return { type: 'done', fromStep: steps, steps, text: 'already done', recovered: null };
}

/** Settles a task with a marker in the folder. The worker that wrote it may have died before it was durable, so this makes it durable. */
export function confirmDone(folder: string, task: Task): Settlement {
  fsyncFolder(folder);
  return alreadyDone(task);
}

/** Returns the settlement of an interrupted attempt, given the reason for the interruption. */
export function released(problem: string): Settlement {
  return { type: 'released', step: null, recovered: null, problem };
}
