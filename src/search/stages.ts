import { sum } from 'simple-statistics';
import type { SettingValues } from '../task/setting-values.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import {
  assignBrackets,
  decideRung,
  planHalving,
  rankCandidates,
  rungBudgets,
  type Goal,
  type HalvingBudgets,
  type RankedCandidate,
} from './halving.js';
import type { Space } from './space.js';
import { proposeBatchOnce, type Trial } from './tpe.js';

/** The tasks of a candidate in one stage: one per seed, or per combination of the grid. */
type CandidateTasks = readonly Task[];

/**
 * Returns the metric of each task of each candidate, or null if a task has not ended. A failed task has the value null. Together with the
 * sweep file, this is all that the decisions of a search depend on.
 */
export type ReadStage = (
  metric: string,
  candidates: readonly CandidateTasks[],
) => readonly (readonly (number | null)[])[] | null;

/** The results that the tasks of a search depend on. */
export interface SearchResults {
  /** Returns the names of the numbers in a task's final results. */
  metricsOf(task: Task): readonly string[];
  readonly read: ReadStage;
}

/** Candidates that are compared with each other once all their tasks have ended. */
export interface Stage {
  /** For example `rung 1 of 4 (2,000 steps)`. */
  readonly name: string;
  /** What each task gets, for example its steps. Only results of stages with the same budget can be compared. */
  readonly budget: number;
  readonly candidates: readonly CandidateTasks[];
  /** The decision: all candidates, the best first; null while a task has not ended. The ids are those of the candidates' first tasks. */
  readonly ranking: readonly RankedCandidate[] | null;
}

/** The tasks that a stage has in the worst case, in which no candidate fails. */
export interface PlannedStage extends Pick<Stage, 'name' | 'budget'> {
  readonly candidates: number;
  readonly tasks: number;
  /** Tasks that the stage may have; empty if they depend on results. */
  readonly possible: readonly CandidateTasks[];
  /** The part of a task's work that is left, because it continues from the stage below. */
  readonly fraction: number;
}

/** A search whose tasks become known in stages. */
export interface Search {
  readonly method: 'halving' | 'tpe';
  /** Name of the part of the sweep. */
  readonly part: string;
  readonly metric: string;
  readonly goal: Goal;
  /** The known stages. Only the last one may lack a decision. */
  readonly stages: readonly Stage[];
  readonly planned: readonly PlannedStage[];
}

/** The settings of a search by successive halving, or by Hyperband if it has several brackets. */
export interface Halving extends HalvingBudgets {
  readonly metric: string;
  readonly goal: Goal;
  readonly unit: 'steps';
  /** Number of brackets; at most the number of rungs. */
  readonly brackets: number;
}

/** The settings of a search by TPE. */
export interface TpeSearch {
  readonly metric: string;
  readonly goal: Goal;
  /** Number of points. */
  readonly count: number;
  /** Number of points that are proposed together. */
  readonly batch: number;
  readonly seed: number;
}

type Stages = Pick<Search, 'stages' | 'planned'>;

/**
 * Returns the rungs of successive halving, bracket by bracket, as far as results decide them.
 *
 * @param ladders the tasks of each candidate in each rung, in the order of the sweep
 * @param continues whether a task continues from the rung below
 */
export function halvingStages(
  halving: Halving,
  ladders: readonly (readonly CandidateTasks[])[],
  continues: boolean,
  read: ReadStage,
): Stages {
  const { brackets, unit } = halving;
  const budgets = rungBudgets(halving);
  const stages: Stage[] = [];
  const planned: PlannedStage[] = [];
  const bracketOf = assignBrackets(halving, budgets.length, ladders.length);
  for (let bracket = 0; bracket < brackets; bracket++) {
    const own = ladders.filter((_, i) => bracketOf[i] === bracket).map((ladder) => ladder.slice(bracket));
    // With very few candidates, the last brackets have none.
    if (own.length === 0) continue;
    const rungs = budgets.slice(bracket);
    const names = rungs.map(
      (budget, i) =>
        `${brackets === 1 ? '' : `bracket ${bracket + 1} of ${brackets}, `}rung ${i + 1} of ${rungs.length} (${formatCount(budget)} ${unit})`,
    );
    // A bracket waits for the one before, so that only the last known stage lacks a decision.
    if (stages.every(({ ranking }) => ranking !== null))
      stages.push(...bracketStages(halving, rungs, names, own, read));
    planned.push(...planBracket(halving, rungs, names, own, continues));
  }
  return { stages, planned };
}

function bracketStages(
  { metric, goal, factor }: Halving,
  budgets: readonly number[],
  names: readonly string[],
  ladders: readonly (readonly CandidateTasks[])[],
  read: ReadStage,
): Stage[] {
  const stages: Stage[] = [];
  let remaining = ladders;
  for (const [rung, budget] of budgets.entries()) {
    const candidates = remaining.map((ladder) => ladder[rung] ?? []);
    const isTop = rung === budgets.length - 1;
    const ranking = rank(metric, candidates, read, (results) =>
      isTop ? rankCandidates(goal, results) : decideRung({ goal, factor }, results),
    );
    stages.push({ name: names[rung] ?? '', budget, candidates, ranking });
    if (ranking === null) break;
    const promoted = new Set(ranking.filter(({ isPromoted }) => isPromoted).map(({ id }) => id));
    // The next rung keeps the order of the sweep, which decides ties.
    remaining = remaining.filter((ladder) => promoted.has(idOf(ladder[rung] ?? [])));
  }
  return stages;
}

function planBracket(
  { factor }: Halving,
  budgets: readonly number[],
  names: readonly string[],
  ladders: readonly (readonly CandidateTasks[])[],
  continues: boolean,
): PlannedStage[] {
  const seeds = Math.max(0, ...ladders.map(([lowest = []]) => lowest.length));
  return planHalving(budgets, factor, ladders.length).map(({ budget, candidates, added }, rung) => ({
    name: names[rung] ?? '',
    budget,
    candidates,
    tasks: candidates === ladders.length ? sum(ladders.map(([own = []]) => own.length)) : candidates * seeds,
    possible: ladders.map((ladder) => ladder[rung] ?? []),
    fraction: continues ? added / budget : 1,
  }));
}

/**
 * Returns the batches of a search by TPE as far as results decide them. A batch depends on the results of all batches before it.
 *
 * @param tasksOf returns the tasks of each point; none for a point that the experiment does not allow
 */
export function tpeStages(
  { metric, goal, count, batch, seed }: TpeSearch,
  space: Space,
  tasksOf: (points: readonly SettingValues[]) => readonly CandidateTasks[],
  read: ReadStage,
): Stages {
  const sizes = Array.from({ length: Math.ceil(count / batch) }, (_, i) =>
    Math.min(batch, count - i * batch),
  );
  const name = (i: number) => `batch ${i + 1} of ${sizes.length}`;
  const stages: Stage[] = [];
  const trials: Trial[] = [];
  for (const [i, batchSize] of sizes.entries()) {
    const points = proposeBatchOnce(space, { seed, batchSize }, trials);
    const found = tasksOf(points);
    const candidates = [...new Map(found.map((tasks) => [idOf(tasks), tasks])).values()].filter(
      (tasks) => tasks.length > 0,
    );
    const ranking = rank(metric, candidates, read, (results) => rankCandidates(goal, results));
    stages.push({ name: name(i), budget: 1, candidates, ranking });
    if (ranking === null) break;
    const means = new Map(ranking.map(({ id, mean }) => [id, mean]));
    for (const [point, values] of points.entries()) {
      const mean = means.get(idOf(found[point] ?? [])) ?? null;
      trials.push({ values, loss: mean === null ? null : goal === 'min' ? mean : -mean });
    }
  }
  const perPoint = Math.max(0, ...stages.flatMap(({ candidates }) => candidates.map(({ length }) => length)));
  const planned = sizes.map((size, i) => {
    const candidates = stages[i]?.candidates ?? [];
    const isKnown = stages[i] !== undefined;
    return {
      name: name(i),
      budget: 1,
      candidates: isKnown ? candidates.length : size,
      tasks: isKnown ? sum(candidates.map(({ length }) => length)) : size * perPoint,
      possible: isKnown ? candidates : [],
      fraction: 1,
    };
  });
  return { stages, planned };
}

function rank(
  metric: string,
  candidates: readonly CandidateTasks[],
  read: ReadStage,
  decide: (results: readonly { id: string; values: readonly (number | null)[] }[]) => Stage['ranking'],
): Stage['ranking'] {
  if (candidates.length === 0) return [];
  const values = read(metric, candidates);
  if (values === null) return null;
  return decide(candidates.map((tasks, i) => ({ id: idOf(tasks), values: values[i] ?? [] })));
}

function idOf([first]: CandidateTasks): string {
  return first?.id ?? '';
}
