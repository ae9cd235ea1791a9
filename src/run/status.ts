import path from 'node:path';
import { lastChangeMs } from '../store/inventory.js';
import type { StoreOwner } from '../store/lock.js';
import { readStoreOwner } from '../store/lock.js';
import { findPredecessors } from '../store/predecessors.js';
import { timedSteps } from '../store/attempts.js';
import type { TaskState } from '../store/task-folder.js';
import { taskFolder } from '../store/task-folder.js';
import { readTaskStates } from '../store/task-states.js';
import type { Sweep } from '../sweep/load.js';
import { stepsOf } from '../task/cost.js';
import type { Predecessor } from '../task/protocol.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { learnCosts, type LearnedCosts } from './learned-costs.js';
import { paceOf, type TimedWork } from './pace.js';
import type { CorruptTask, FailedTask } from './triage.js';
import { triage } from './triage.js';

export interface StartedTask {
  readonly task: Task;
  /** The step of its checkpoint; null before the first one. */
  readonly step: number | null;
}

/** The progress of a sweep according to its store, with or without an active run. */
export interface Status {
  readonly sweep: Pick<Sweep, 'name' | 'file'>;
  readonly outDir: string;
  /** The process that holds the store: a run of this or another sweep, a merge or a deletion. Null if there is none or it is gone. */
  readonly owner: StoreOwner | null;
  /** The same line that a run prints first, with a remaining time based on the pace of the active run. */
  readonly summary: string;
  readonly remainingMs: number | null;
  readonly done: number;
  /** Unfinished tasks with files that changed since the owner started. */
  readonly running: readonly StartedTask[];
  readonly interrupted: readonly StartedTask[];
  readonly failed: readonly FailedTask[];
  readonly corrupt: readonly CorruptTask[];
  readonly pending: readonly Task[];
}

interface Found {
  readonly task: Task;
  readonly state: TaskState;
  readonly isRunning: boolean;
}

/**
 * Reads the status of a sweep without locking the store.
 * @param workers the number of workers of the next run; an active run is assumed to have one per running task
 */
export function readStatus(
  sweep: Pick<Sweep, 'name' | 'file' | 'tasks'>,
  outDir: string,
  workers: number,
): Status {
  const last = readStoreOwner(outDir);
  const owner = last?.isAlive === false ? null : last;
  const sinceMs = owner?.process ? Date.parse(owner.process.startedAt) : Infinity;
  const states = readTaskStates(outDir, sweep.tasks);
  const found = sweep.tasks.map((task): Found => {
    const state = states.get(task.id) ?? { state: 'new' };
    return { task, state, isRunning: isUnfinished(state) && hasChanged(taskFolder(outDir, task), sinceMs) };
  });
  const running = found.filter(({ isRunning }) => isRunning);
  const predecessors = findPredecessors(outDir, sweep.tasks, startStates(states, running));
  const waiting = found.filter(({ isRunning }) => !isRunning);
  const { costOf } = learnCosts(outDir, sweep.tasks, states);
  const { summary, remainingMs, done, corrupt } = triage(
    sweep.tasks,
    states,
    {
      retryDiverged: false,
      workers: running.length > 0 ? running.length : workers,
      costOf,
      msPerEstimatedMs: paceOf(timedWorkSince(sinceMs, found, outDir, predecessors, costOf)) ?? 1,
    },
    predecessors,
  );
  return {
    sweep,
    outDir: path.resolve(outDir),
    owner,
    summary,
    remainingMs,
    done,
    running: running.map(toStarted),
    interrupted: waiting.filter(({ state }) => state.state === 'interrupted').map(toStarted),
    failed: found.flatMap(({ task, state }) =>
      state.state === 'failed' ? [{ task, failure: state.failure }] : [],
    ),
    corrupt,
    pending: waiting.filter(({ state }) => state.state === 'new').map(({ task }) => task),
  };
}

function isUnfinished({ state }: TaskState): boolean {
  return state === 'new' || state === 'interrupted';
}

function hasChanged(folder: string, sinceMs: number): boolean {
  return sinceMs !== Infinity && (lastChangeMs(folder) ?? 0) >= sinceMs;
}

/** Returns the states with running tasks reset to how they started, before their first checkpoint. */
function startStates(
  states: ReadonlyMap<string, TaskState>,
  running: readonly Found[],
): ReadonlyMap<string, TaskState> {
  return new Map([...states, ...running.map(({ task }) => [task.id, { state: 'new' }] as const)]);
}

/** Returns the timed steps since then, of running tasks and of tasks that have finished. */
function timedWorkSince(
  sinceMs: number,
  found: readonly Found[],
  outDir: string,
  predecessors: ReadonlyMap<string, Predecessor>,
  costOf: LearnedCosts['costOf'],
): TimedWork[] {
  if (sinceMs === Infinity) return [];
  return found.flatMap(({ task, state, isRunning }) => {
    if (state.state !== 'done' && !isRunning) return [];
    const fromStep = predecessors.get(task.id)?.steps ?? 0;
    // With the random streams of the released code, a task continues from one step before its predecessor's last.
    const steps = state.state === 'interrupted' ? Math.max(0, state.step - fromStep) : null;
    const timed = timedSteps(taskFolder(outDir, task), sinceMs, steps);
    // A finished task has done all the work in its estimate, even if it has fewer rows.
    const isCompletedByRows =
      state.state === 'done' && experimentOf(task.settings).unit === 'row' && timed.length === 1;
    const estimatedSteps = isCompletedByRows ? { steps: stepsOf(task.settings) } : {};
    return timed.map((each) => ({ cost: costOf(task.settings), ...each, ...estimatedSteps }));
  });
}

function toStarted({ task, state }: Found): StartedTask {
  return { task, step: state.state === 'interrupted' ? state.step : null };
}
