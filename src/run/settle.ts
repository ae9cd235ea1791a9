import { stepsOf } from '../task/cost.js';
import { StoreError } from '../errors.js';
import { markFailed, prepareTaskFolder, readTaskState, setAside, taskFolder } from '../store/task-folder.js';
import {
  doneText,
  failureOf,
  type FailureOutcome,
  type TaskFailure,
  type TaskOutcome,
} from '../task/outcome.js';
import type { Task } from '../task/task.js';

/** What is known of an attempt at a task before it ends. */
export interface Attempt {
  /** Earlier attempts that failed, in earlier runs too. */
  readonly failures: number;
  /** Whether the task is given up if this attempt fails. */
  readonly isLast: boolean;
}

export interface SettleRules {
  /** Whether a stop was requested. */
  readonly isStopping: boolean;
  /** Whether this process may no longer hold the task, so that its folder may be another's. @default false */
  readonly isAbandoned?: boolean;
  /** Whether to set corrupt folders aside and execute their tasks from the first step. */
  readonly resetsCorrupt: boolean;
}

/** What follows from an outcome. */
export type Settlement =
  | {
      readonly type: 'done';
      readonly fromStep: number;
      readonly steps: number;
      /** For example `1,000 steps in 3 s`; empty where all that is known is that the result is there. */
      readonly text: string;
      readonly recovered: string | null;
    }
  /** To be resumed, here or elsewhere. */
  | {
      readonly type: 'released';
      /** Of its checkpoint; null without one. */
      readonly step: number | null;
      readonly recovered: string | null;
      /** Why it did not end by itself, which says nothing of the task; null if it did. */
      readonly problem: string | null;
    }
  /** `blame` is 0 for a task that only shared its process with the one that failed. */
  | ({ readonly type: 'retry'; readonly blame: 0 | 1 } & Failed)
  | ({ readonly type: 'failed' } & Failed)
  /** Its folder was set aside as `aside`; it starts from the first step. */
  | { readonly type: 'reset'; readonly problem: string; readonly aside: string }
  | { readonly type: 'corrupt'; readonly problem: string };

interface Failed {
  readonly failure: TaskFailure;
  readonly stack: string | null;
}

/** What a worker reports of a task that it could not finish. */
export type ProblemReport =
  | { readonly type: 'failed'; readonly failure: TaskFailure }
  | { readonly type: 'corrupt'; readonly problem: string };

/**
 * Decides what follows from an outcome and writes it to the task's folder: the only place that marks tasks as failed or sets their
 * folders aside during a run.
 * @throws a StoreError for `unwritable`, which is no fault of the task
 */
export function settle(
  folder: string,
  attempt: Attempt,
  outcome: TaskOutcome,
  rules: SettleRules,
): Settlement {
  if (rules.isAbandoned === true) return released('another may have the task');
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

/** Settles in the run's store what a worker reported, which may have a store of its own. */
export function settleReported(
  outDir: string,
  task: Task,
  report: ProblemReport,
  rules: SettleRules,
): Settlement {
  if (rules.isAbandoned === true) return released('another may have the task');
  const folder = taskFolder(outDir, task);
  const state = readTaskState(folder, task.id);
  if (report.type === 'corrupt') {
    // What this store does not have can't be set aside: the corrupt folder is in the worker's own.
    const resetsCorrupt = rules.resetsCorrupt && state.state !== 'new';
    return settleCorrupt(folder, report.problem, { ...rules, resetsCorrupt });
  }
  // A worker that shares this store has written it already; one with its own store leaves here what failed before.
  if (state.state === 'failed' && state.failure.attempts >= report.failure.attempts)
    return { type: 'failed', failure: state.failure, stack: null };
  if (state.state !== 'done') markFailed(prepareTaskFolder(folder, task), report.failure);
  return { type: 'failed', failure: report.failure, stack: null };
}

/** After a stop the store may get another owner, so that the folder stays where it is. */
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
  // A terminal's Ctrl-C also reaches a compiler that a task waits for: what fails after a stop says nothing of the task.
  if (isStopping && !isDeterministic) return released(outcome.message);
  const blame = outcome.type === 'ended' && !outcome.causedExit ? 0 : 1;
  const stack = outcome.type === 'failed' ? outcome.stack : null;
  const failure = failureOf(outcome, failures + 1);
  if (!isDeterministic && (blame === 0 || !isLast)) return { type: 'retry', failure, stack, blame };
  markFailed(folder, failure);
  return { type: 'failed', failure, stack };
}

/** The settlement of a task that was finished before this attempt, or by a worker that did not live to say so. */
export function doneBefore({ settings }: Task): Settlement {
  const steps = stepsOf(settings);
  return { type: 'done', fromStep: steps, steps, text: 'done before', recovered: null };
}

/** The settlement of an attempt of which nothing is known but why it did not end by itself. */
export function released(problem: string): Settlement {
  return { type: 'released', step: null, recovered: null, problem };
}
