import { bestTable } from '../report/search/best-table.js';
import { searchComparisons, type Comparison } from '../report/search/compared.js';
import { decisionText } from '../run/decision-line.js';
import type { Search } from '../search/stages.js';
import type { Sweep } from '../sweep/load.js';
import type { SearchView, StageView } from './page/protocol.js';
import { toTableView } from './table-view.js';

/** Returns the stages of the sweep's searches and their best settings so far. */
export function searchViews(sweep: Pick<Sweep, 'searches' | 'parts'>): SearchView[] {
  return searchComparisons(sweep).flatMap((comparison) =>
    comparison.search === null ? [] : searchView(comparison, comparison.search),
  );
}

function searchView(comparison: Comparison, { part, metric, goal, stages, planned }: Search): SearchView {
  const known = stages.map((stage): StageView => {
    const tasks = stage.candidates.flat().map(({ id }) => id);
    const decision = stage.ranking === null ? null : decisionText(stage.ranking);
    return { name: stage.name, tasks, maxTasks: tasks.length, decision };
  });
  const later = planned.slice(stages.length).map(({ name, tasks }): StageView => ({
    name,
    tasks: [],
    maxTasks: tasks,
    decision: null,
  }));
  return {
    part,
    title: `${part}, ${goal} ${metric}`,
    stages: [...known, ...later],
    best: toTableView(bestTable(comparison)),
  };
}
