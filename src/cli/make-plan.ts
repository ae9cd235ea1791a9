import { freeBytes } from '../store/disk-space.js';
import { readTaskStates } from '../store/task-states.js';
import { learnCosts, type LearnedTime } from '../run/learned-costs.js';
import { bytesToWrite, triage } from '../run/triage.js';
import { findPredecessors } from '../store/predecessors.js';
import { stepsOf } from '../task/cost.js';
import type { Cost } from '../task/experiment.js';
import type { StateName } from '../task/states.js';
import type { Sweep } from '../sweep/load.js';
import { planSearch, type SearchPlan } from './search-text.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';

/** A task, its state, and its estimated cost. */
export interface PlannedTask {
  readonly task: Task;
  readonly state: StateName;
  readonly cost: Cost;
}

export interface Plan {
  readonly sweep: Sweep;
  readonly out: string;
  readonly workers: number;
  /** In the sweep's order, by id. */
  readonly tasks: ReadonlyMap<string, PlannedTask>;
  /** Estimates for the tasks that a run would execute, from their checkpoints. Their disk space is that of the whole tasks. */
  readonly remaining: {
    readonly tasks: number;
    readonly steps: number;
    readonly elapsedMs: number;
    readonly bytes: number;
  };
  /** Of experiments that have finished tasks or declare no times. */
  readonly learnedTimes: readonly LearnedTime[];
  /** The stages of searches, in the worst case. */
  readonly searches: readonly SearchPlan[];
  readonly freeBytes: number;
}

export function makePlan(sweep: Sweep, out: string, workers: number): Plan {
  const states = readTaskStates(out, sweep.tasks);
  const { costOf, times } = learnCosts(out, sweep.tasks, states);
  const planned = sweep.tasks.map((task): PlannedTask => ({
    task,
    state: states.get(task.id)?.state ?? 'new',
    cost: costOf(task.settings),
  }));
  const { pending, remainingMs } = triage(
    sweep.tasks,
    states,
    { retryDiverged: false, workers, costOf },
    findPredecessors(out, sweep.tasks, states),
  );
  return {
    sweep,
    out,
    workers,
    tasks: new Map(planned.map((item) => [item.task.id, item])),
    remaining: {
      tasks: pending.length,
      steps: pending.reduce(
        (sum, { task: { settings }, fromStep }) =>
          sum + (experimentOf(settings).unit === 'step' ? stepsOf(settings) - fromStep : 0),
        0,
      ),
      elapsedMs: remainingMs ?? 0,
      bytes: bytesToWrite(pending),
    },
    learnedTimes: times,
    searches: sweep.searches.map((search) => planSearch(search, costOf, workers)),
    freeBytes: freeBytes(out),
  };
}
