import path from 'node:path';
import { lastChangeMs } from '../store/inventory.js';
import type { StoreOwner } from '../store/lock.js';
import { readStoreOwner } from '../store/lock.js';
import { findPredecessors } from '../store/predecessors.js';
import { timedSteps } from '../store/sessions.js';
import type { TaskState } from '../store/task-folder.js';
import { taskFolder } from '../store/task-folder.js';
import { readTaskStates } from '../store/task-states.js';
import type { Sweep } from '../sweep/load.js';
import { stepsOf } from '../task/cost.js';
import type { Predecessor } from '../task/protocol.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { learnCosts, type LearnedCosts } from './learned-costs.js';
import { paceOf, type Stretch } from './pace.js';
import type { CorruptTask, FailedTask } from './triage.js';
import { triage } from './triage.js';

export interface BegunTask {
  readonly task: Task;
  /** Of its checkpoint; null before the first. */
  readonly step: number | null;
}

/** How far a sweep is by its store, with or without an active run. */
export interface Status {
  readonly sweep: Pick<Sweep, 'name' | 'file'>;
  readonly outDir: string;
  /** Who has the store: a run, of this or of another sweep, or a deletion. Null if nobody does, or it is gone. */
  readonly owner: StoreOwner | null;
  /** The first line of a run. Its time is by the pace of the active run. */
  readonly summary: string;
  readonly remainingMs: number | null;
  readonly done: number;
  /** Begun, not ended, and changed since the owner started. */
  readonly running: readonly BegunTask[];
  readonly toContinue: readonly BegunTask[];
  readonly failed: readonly FailedTask[];
  readonly corrupt: readonly CorruptTask[];
  readonly toRun: readonly Task[];
}

interface Found {
  readonly task: Task;
  readonly state: TaskState;
  readonly isRunning: boolean;
}

/** Takes no lock. `workers` are those of the next run; an active one has as many as it has running tasks. */
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
    return { task, state, isRunning: isBegun(state) && hasChanged(taskFolder(outDir, task), sinceMs) };
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
      msPerEstimatedMs: paceOf(stretchesSince(sinceMs, found, outDir, predecessors, costOf)) ?? 1,
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
    running: running.map(toBegun),
    toContinue: waiting.filter(({ state }) => state.state === 'interrupted').map(toBegun),
    failed: found.flatMap(({ task, state }) =>
      state.state === 'failed' ? [{ task, failure: state.failure }] : [],
    ),
    corrupt,
    toRun: waiting.filter(({ state }) => state.state === 'new').map(({ task }) => task),
  };
}

function isBegun({ state }: TaskState): boolean {
  return state === 'new' || state === 'interrupted';
}

function hasChanged(folder: string, sinceMs: number): boolean {
  return sinceMs !== Infinity && (lastChangeMs(folder) ?? 0) >= sinceMs;
}

/** The states, with running tasks as they were when they started, before their first checkpoint. */
function startStates(
  states: ReadonlyMap<string, TaskState>,
  running: readonly Found[],
): ReadonlyMap<string, TaskState> {
  return new Map([...states, ...running.map(({ task }) => [task.id, { state: 'new' }] as const)]);
}

/** Returns the steps since then of tasks that are running, and of those that have finished. */
function stretchesSince(
  sinceMs: number,
  found: readonly Found[],
  outDir: string,
  predecessors: ReadonlyMap<string, Predecessor>,
  costOf: LearnedCosts['costOf'],
): Stretch[] {
  if (sinceMs === Infinity) return [];
  return found.flatMap(({ task, state, isRunning }) => {
    if (state.state !== 'done' && !isRunning) return [];
    const fromStep = predecessors.get(task.id)?.steps ?? 0;
    // With the released random streams a task continues from one step before its predecessor's last.
    const steps = state.state === 'interrupted' ? Math.max(0, state.step - fromStep) : null;
    const timed = timedSteps(taskFolder(outDir, task), sinceMs, steps);
    // A task that ended has done all that its estimate is for, however few rows it has.
    const isWhole =
      state.state === 'done' && experimentOf(task.settings).unit === 'row' && timed.length === 1;
    const whole = isWhole ? { steps: stepsOf(task.settings) } : {};
    return timed.map((each) => ({ cost: costOf(task.settings), ...each, ...whole }));
  });
}

function toBegun({ task, state }: Found): BegunTask {
  return { task, step: state.state === 'interrupted' ? state.step : null };
}
