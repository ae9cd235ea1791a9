import { InputError } from '../../errors.js';
import { unknownName } from '../../input/problems.js';
import {
  rankCandidates,
  type CandidateResult,
  type Goal,
  type RankedCandidate,
} from '../../search/halving.js';
import type { Search, Stage } from '../../search/stages.js';
import type { Sweep, SweepPart } from '../../sweep/load.js';
import { isNumeric } from '../../task/column.js';
import { settingsKey } from '../../task/settings.js';
import type { Task } from '../../task/task.js';
import { formatCount } from '../../units.js';
import { groupBy } from '../group-by.js';
import type { PartRuns } from '../runs.js';

/** Settings with a result: the mean of the metric over the tasks that differ only in their seeds. */
export interface Point {
  /** The first of its tasks. Ignore its seeds. */
  readonly task: Task;
  /** The metric of each task. */
  readonly values: readonly number[];
  readonly mean: number;
  /** Number of its rung or batch, from 1. */
  readonly stage: number;
  /** See `Stage.budget`. */
  readonly budget: number;
}

/** The settings of a part, compared by a metric. */
export interface Comparison {
  readonly part: Pick<SweepPart, 'name' | 'title' | 'varying' | 'space' | 'tasks'>;
  readonly metric: string;
  readonly goal: Goal;
  /** The search that compared the settings; null if it was not a search whose tasks depend on results. */
  readonly search: Search | null;
  /** What the best settings are the best of, for example `rung 4 of 4 (54,000 steps)`. */
  readonly place: string;
  /** The points among which the best are chosen, the best first: those of the highest decided rung, or all. */
  readonly ranked: readonly Point[];
  /** The points that show how the metric depends on the settings: those of the lowest rung, where nothing is selected yet, or all. */
  readonly unselected: readonly Point[];
  /** Number of settings without a result that would be among `unselected`, because a task failed. */
  readonly failed: number;
  /** The points of all stages. */
  readonly points: readonly Point[];
}

/** Returns what each search of a sweep has decided so far. */
export function searchComparisons({ searches, parts }: Pick<Sweep, 'searches' | 'parts'>): Comparison[] {
  return searches.flatMap((search) => {
    const part = parts.find(({ name }) => name === search.part);
    return part === undefined ? [] : compareSearch(part, search);
  });
}

function compareSearch(part: SweepPart, search: Search): Comparison {
  const { method, metric, goal, planned } = search;
  const decided = search.stages.flatMap(({ name, budget, ranking }) =>
    ranking === null || ranking.length === 0 ? [] : [{ name, budget, ranking }],
  );
  const known = new Set<string>();
  const stages = decided.map(({ name, budget, ranking }, i) => {
    // A later batch may propose a point again.
    const added = ranking.filter(({ id }) => !known.has(id));
    for (const { id } of added) known.add(id);
    return { name, budget, added, points: toPoints(part, added, { stage: i + 1, budget }) };
  });
  const budgets = stages.map(({ budget }) => budget);
  const [lowest, highest] = [Math.min(...budgets), Math.max(...budgets)];
  const pointsOf = (budget: number) =>
    stages.filter((stage) => stage.budget === budget).flatMap(({ points }) => points);
  return {
    part,
    metric,
    goal,
    search,
    place:
      method === 'halving'
        ? rungText(stages.filter(({ budget }) => budget === highest))
        : `${formatCount(decided.length)} of ${formatCount(planned.length)} batches`,
    ranked: bestFirst(goal, pointsOf(highest)),
    unselected: pointsOf(lowest),
    failed: stages
      .filter(({ budget }) => budget === lowest)
      .flatMap(({ added }) => added)
      .filter(({ mean }) => mean === null).length,
    points: stages.flatMap(({ points }) => points),
  };
}

/** Names the highest decided rungs, of which Hyperband has one per bracket. */
function rungText([first, ...others]: readonly Pick<Stage, 'name'>[]): string {
  if (first === undefined) return '';
  return others.length === 0 ? first.name : `highest rungs of ${formatCount(others.length + 1)} brackets`;
}

/** What to compare settings by. */
export interface Question {
  /** Column of the final results. */
  readonly metric: string;
  readonly goal: Goal;
}

/**
 * Compares the settings of each part by the final value of a metric. Settings with an unfinished task are left out.
 * @throws InputError if a part's experiment has no such metric
 */
export function runComparisons(parts: readonly PartRuns[], { metric, goal }: Question): Comparison[] {
  for (const { part, details } of parts) {
    const columns = part.tasks.slice(0, 1).flatMap(({ settings }) => details.summary(settings));
    const names = columns.filter(isNumeric).map(({ name }) => name);
    if (!names.includes(metric))
      throw new InputError(
        `--metric ${metric}: ${unknownName(metric, names, `metric of ${part.experiment}`)}`,
      );
  }
  return parts.map((part) => compareRuns(part, metric, goal));
}

function compareRuns({ part, runs }: PartRuns, metric: string, goal: Goal): Comparison {
  const finals = new Map(runs.map(({ task, summary }) => [task.id, summary.get(metric)]));
  const groups = [...groupBy(part.tasks, settingsKey).values()];
  const finished = groups.filter((tasks) => tasks.every(({ id }) => finals.has(id)));
  const results = finished.map(([first, ...others]): CandidateResult => ({
    id: first.id,
    values: [first, ...others].map(({ id }) => {
      const value = finals.get(id);
      return typeof value === 'number' ? value : null;
    }),
  }));
  const points = toPoints(part, rankCandidates(goal, results), { stage: 1, budget: 1 });
  return {
    part,
    metric,
    goal,
    search: null,
    place: `${formatCount(finished.length)} of ${formatCount(groups.length)} settings with finished tasks`,
    ranked: points,
    unselected: points,
    failed: results.length - points.length,
    points,
  };
}

/** Returns the candidates without a failed task, in their order. Another choice of tasks, by `--only`, may lack some. */
function toPoints(
  { tasks }: Pick<SweepPart, 'tasks'>,
  results: readonly RankedCandidate[],
  place: Pick<Point, 'stage' | 'budget'>,
): Point[] {
  const known = new Map(tasks.map((task) => [task.id, task]));
  return results.flatMap(({ id, values, mean }) => {
    const task = known.get(id);
    const numbers = values.filter((value) => value !== null);
    return task === undefined || mean === null ? [] : [{ task, values: numbers, mean, ...place }];
  });
}

/** Sorts points, the best first. The sort is stable, so that ties keep their order. */
export function bestFirst(goal: Goal, points: readonly Point[]): Point[] {
  const sign = goal === 'min' ? 1 : -1;
  return [...points].sort((a, b) => sign * (a.mean - b.mean));
}
