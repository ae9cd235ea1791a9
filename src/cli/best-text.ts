import { sampleStandardDeviation } from 'simple-statistics';
import type { PartRuns } from '../report/runs.js';
import { rankCandidates, type CandidateResult, type Goal } from '../search/halving.js';
import type { Search } from '../search/stages.js';
import type { Sweep, SweepPart } from '../sweep/load.js';
import { cellSettings, settingsExceptSeeds, settingText } from '../task/settings.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { formatCount } from '../units.js';
import { columns } from './grid.js';

const MAX_SHOWN = 5;

/** Returns the best settings of each search of a sweep: of the highest rung that is decided, or of all batches. */
export function bestOfSearches({ searches, parts }: Pick<Sweep, 'searches' | 'parts'>): string {
  return searches
    .map((search) => {
      const part = parts.find(({ name }) => name === search.part);
      const decided = search.stages.filter(({ ranking }) => ranking !== null);
      const compared = search.method === 'halving' ? decided.slice(-1) : decided;
      // A later batch may propose a point again.
      const all = compared.flatMap(({ ranking }) => ranking ?? []);
      const results = [...new Map(all.map((result) => [result.id, result])).values()];
      const place = search.method === 'halving' ? (compared[0]?.name ?? '') : batchesText(search);
      return part === undefined ? '' : bestText(part, place, search.metric, search.goal, results);
    })
    .join('\n');
}

function batchesText({ stages, planned }: Search): string {
  const decided = stages.filter(({ ranking }) => ranking !== null).length;
  return `${formatCount(decided)} of ${formatCount(planned.length)} batches`;
}

/** Returns the best settings of a part by the final value of a metric. Settings with an unfinished task are left out. */
export function bestOfRuns({ part, runs }: PartRuns, metric: string, goal: Goal): string {
  const finals = new Map(runs.map(({ task, summary }) => [task.id, summary.get(metric)]));
  const groups = new Map<string, Task[]>();
  for (const task of part.tasks) {
    const names = settingsExceptSeeds(experimentOf(task.settings));
    const key = names.map((name) => settingText(task.settings, name)).join();
    groups.set(key, [...(groups.get(key) ?? []), task]);
  }
  const finished = [...groups.values()].filter((tasks) => tasks.every(({ id }) => finals.has(id)));
  const results = finished.map(([first, ...others]): CandidateResult => {
    const values = [first, ...others].map((task) => finals.get(task?.id ?? ''));
    return {
      id: first?.id ?? '',
      values: values.map((value) => (typeof value === 'number' ? value : null)),
    };
  });
  const place = `${formatCount(finished.length)} of ${formatCount(groups.size)} settings with finished tasks`;
  return bestText(part, place, metric, goal, results);
}

function bestText(
  part: SweepPart,
  place: string,
  metric: string,
  goal: Goal,
  results: readonly CandidateResult[],
): string {
  const ranked = rankCandidates(goal, results).filter(({ mean }) => mean !== null);
  const title = `Best settings of ${part.name} (${goal} ${metric}${place === '' ? '' : `, ${place}`})`;
  if (ranked.length === 0) return `${title}: none yet.\n`;
  const tasks = new Map(part.tasks.map((task) => [task.id, task]));
  const [first] = part.tasks;
  const names = first === undefined ? [] : cellSettings(experimentOf(first.settings), part.varying);
  const rows = ranked.slice(0, MAX_SHOWN).flatMap(({ id, values, mean }, place) => {
    const task = tasks.get(id);
    // Another choice of tasks, by --only, may lack it.
    if (task === undefined) return [];
    const error = standardError(values.filter((value) => value !== null));
    return [
      [
        String(place + 1),
        ...names.map((name) => settingText(task.settings, name)),
        numberText(mean ?? NaN),
        error === null ? '' : numberText(error),
        formatCount(values.length),
      ],
    ];
  });
  return `${title}:\n${columns([['', ...names, metric, 'standard error', 'tasks'], ...rows])}`;
}

/** Returns the standard error of the mean; null for a single value. */
function standardError(values: readonly number[]): number | null {
  return values.length < 2 ? null : sampleStandardDeviation([...values]) / Math.sqrt(values.length);
}

function numberText(value: number): string {
  return String(Number(value.toPrecision(4)));
}
