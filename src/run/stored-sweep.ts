import { StoreError } from '../errors.js';
import type { SearchResults, Stage } from '../search/stages.js';
import { readTaskState, taskFolder } from '../store/task-folder.js';
import {
  expandSweep,
  isSearch,
  prepareSweep,
  type PreparedSweep,
  type Sweep,
  type SweepOptions,
} from '../sweep/load.js';
import type { SweepObject } from '../sweep/sweep-file.js';
import { isNumeric } from '../task/column.js';
import type { ExperimentDetails } from '../task/experiment.js';
import { FINAL_REASONS } from '../task/outcome.js';
import { experimentOf } from '../task/registry.js';
import type { Task } from '../task/task.js';
import { recordDecisions, recordedValues } from './decisions.js';

/** A sweep, and its next stages if its tasks depend on results. */
export interface StoredSweep {
  readonly sweep: Sweep;
  /** Reads the tasks that are known now; null if the tasks do not depend on results. */
  readonly reload: (() => Sweep) | null;
  /** Decides the stages whose tasks have all ended, and records the decisions; null if the tasks do not depend on results. */
  readonly advance: Advance | null;
}

/**
 * Decides and records as `StoredSweep.advance`. The caller holds the store's lock.
 * @param failed ids of tasks whose retries are used up
 */
export type Advance = (failed: ReadonlySet<string>) => {
  readonly sweep: Sweep;
  readonly decided: readonly Stage[];
};

const NONE: ReadonlySet<string> = new Set();

/**
 * Reads a sweep file and, for a search, the results in a store that its tasks depend on. The result is a function of both.
 * @throws InputError with the place of each problem
 */
export async function openSweep(
  source: string | SweepObject,
  outDir: string,
  options: SweepOptions,
): Promise<StoredSweep> {
  const prepared = prepareSweep(source, options);
  if (!prepared.definitions.some(isSearch))
    return { sweep: expandSweep(prepared, () => null), reload: null, advance: null };
  const details = await detailsOf(prepared);
  const load = (failed: ReadonlySet<string>) =>
    expandSweep(prepared, (part) => resultsIn(outDir, part, details, failed));
  return {
    sweep: load(NONE),
    reload: () => load(NONE),
    advance: (failed) => {
      const sweep = load(failed);
      return { sweep, decided: sweep.searches.flatMap((search) => recordDecisions(outDir, search)) };
    },
  };
}

type DetailsOf = (task: Task) => ExperimentDetails | undefined;

async function detailsOf({ definitions }: PreparedSweep): Promise<DetailsOf> {
  const details = new Map<string, ExperimentDetails>();
  for (const definition of definitions)
    if (isSearch(definition)) details.set(definition.experiment.name, await definition.experiment.details());
  return ({ settings }) => details.get(experimentOf(settings).name);
}

function resultsIn(
  outDir: string,
  part: string,
  details: DetailsOf,
  failed: ReadonlySet<string>,
): SearchResults {
  const valueOf = (metric: string, task: Task): number | null | undefined => {
    const folder = taskFolder(outDir, task);
    const state = readTaskState(folder, task.id);
    // An error may be cured by a retry, so it counts only once the run has used up its retries.
    if (state.state === 'failed')
      return FINAL_REASONS.includes(state.failure.reason) || failed.has(task.id) ? null : undefined;
    return state.state === 'done' ? finalValue(folder, metric, details(task)) : undefined;
  };
  return {
    metricsOf: (task) =>
      (details(task)?.summary(task.settings) ?? []).filter(isNumeric).map(({ name }) => name),
    read: (metric, candidates) => {
      const recorded = recordedValues(outDir, part, metric, candidates);
      if (recorded !== null) return recorded;
      const values: (number | null)[][] = [];
      for (const tasks of candidates) {
        const own = tasks.map((task) => valueOf(metric, task));
        if (own.includes(undefined)) return null;
        values.push(own.map((value) => value ?? null));
      }
      return values;
    },
  };
}

/** Returns a number of a finished task's results; null if it is not defined, undefined if the results are corrupt. */
function finalValue(
  folder: string,
  metric: string,
  details: ExperimentDetails | undefined,
): number | null | undefined {
  try {
    const value = details?.readSummary(folder)(metric);
    return typeof value === 'number' && Number.isFinite(value) ? value : null;
  } catch (error) {
    if (error instanceof StoreError) return undefined;
    throw error;
  }
}
