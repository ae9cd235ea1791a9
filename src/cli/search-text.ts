import type { Search, Stage } from '../search/stages.js';
import { decisionLine } from '../run/decision-line.js';
import { estimateElapsedMs } from '../task/cost.js';
import type { Cost } from '../task/experiment.js';
import type { Settings } from '../task/task.js';
import { formatCount, formatDuration } from '../units.js';
import { columns } from './grid.js';

/** A stage of a search in the worst case, in which no candidate fails. */
export interface StagePlan {
  readonly stage: string;
  readonly candidates: number;
  readonly tasks: number;
  /** Estimated time of its tasks, those of the most expensive candidates. */
  readonly elapsedMs: number;
}

export interface SearchPlan extends Pick<Search, 'part' | 'metric' | 'goal'> {
  readonly stages: readonly StagePlan[];
}

/** Estimates the stages of a search in the worst case, whether their tasks are done or not. */
export function planSearch(
  { part, metric, goal, planned, stages }: Search,
  costOf: (settings: Settings) => Cost,
  workers: number,
): SearchPlan {
  const known = stages.flatMap(({ candidates }) => candidates.flat());
  const meanMs =
    known.reduce((total, { settings }) => total + costOf(settings).trainingMs, 0) / Math.max(1, known.length);
  return {
    part,
    metric,
    goal,
    stages: planned.map(({ name, candidates, tasks, possible, fraction }) => {
      const costs = possible
        .flatMap((own) => own.map(({ settings }) => costOf(settings).trainingMs * fraction))
        .sort((a, b) => b - a)
        .slice(0, tasks)
        .map((trainingMs) => ({ trainingMs }));
      const guessed = Array.from({ length: Math.max(0, tasks - costs.length) }, () => ({
        trainingMs: meanMs,
      }));
      return {
        stage: name,
        candidates,
        tasks,
        elapsedMs: estimateElapsedMs([...costs, ...guessed], workers),
      };
    }),
  };
}

/** A table of the stages in the worst case. */
export function searchPlanText(plans: readonly SearchPlan[]): string {
  return plans
    .map(({ part, metric, goal, stages }) => {
      const rows = stages.map(({ stage, candidates, tasks, elapsedMs }) => [
        stage,
        formatCount(candidates),
        formatCount(tasks),
        formatDuration(elapsedMs),
      ]);
      const total = stages.reduce((sum, { tasks }) => sum + tasks, 0);
      const totalMs = stages.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0);
      return (
        `Search of ${part}, ${goal} ${metric}, at most:\n` +
        columns([
          ['stage', 'candidates', 'tasks', 'time'],
          ...rows,
          ['total', '', formatCount(total), formatDuration(totalMs)],
        ])
      );
    })
    .join('');
}

/** One line for each known stage of each search. */
export function searchStatusText(searches: readonly Search[], isEnded: (id: string) => boolean): string {
  return searches
    .map(({ part, metric, goal, stages, planned }) => {
      const rest = planned.length - stages.length;
      const later = rest > 0 ? `  ${formatCount(rest)} more: waiting for the results above\n` : '';
      return `Search of ${part}, ${goal} ${metric}:\n${stages.map((stage) => `  ${stageLine(stage, isEnded)}\n`).join('')}${later}`;
    })
    .join('');
}

function stageLine(stage: Stage, isEnded: (id: string) => boolean): string {
  if (stage.ranking !== null) return decisionLine(stage);
  const tasks = stage.candidates.flat();
  const ended = tasks.filter(({ id }) => isEnded(id)).length;
  return `${stage.name}: ${formatCount(ended)} of ${formatCount(tasks.length)} tasks done`;
}
