import { missingNotes, toCells, type Aggregate, type Cell } from '../cells.js';
import { shortTitleOf } from '../column-titles.js';
import { contributionOfPart, type ReportContribution } from '../contribution.js';
import type { PartRuns } from '../runs.js';
import { experimentOfPart } from '../../sweep/load.js';
import { cellSettings, settingText } from '../../task/settings.js';
import { formatAggregate } from './format.js';
import type { Table } from './table.js';

export const MEANS_CAPTION = 'Mean ± standard deviation over the finished tasks';

/**
 * Returns a part's means over its seeds: the tables of its experiment, or by default one table with one row per cell. Returns null if
 * the experiment shows them only in its sections.
 */
export function meansTables(
  partRuns: PartRuns,
  contributions: readonly ReportContribution[],
): readonly Table[] | null {
  const own = contributionOfPart(contributions, partRuns.part)?.means?.(partRuns);
  return own === undefined ? [generalTable(partRuns, toCells(partRuns))] : own;
}

/** Returns a table with one row per cell: the settings that vary, then the metrics that are defined. */
export function generalTable({ part }: Pick<PartRuns, 'part'>, cells: readonly Cell[]): Table {
  const settings = cellSettings(experimentOfPart(part), part.varying);
  const all = cells[0]?.columns ?? [];
  const columns = all.filter(({ name }) => cells.some(({ metrics }) => metrics.has(name)));
  return {
    name: part.name,
    title: part.title ?? part.name,
    caption: `${MEANS_CAPTION}.`,
    head: [...(settings.length === 0 ? ['experiment'] : settings), 'tasks', ...columns.map(shortTitleOf)],
    body: cells.map((cell) => [
      ...(settings.length === 0
        ? [part.experiment]
        : settings.map((name) => settingText(cell.settings, name))),
      finishedCount(cell),
      ...columns.map(({ name }) => formatAggregate(cell.metrics.get(name))),
    ]),
    notes: cells.flatMap((cell) => missingNotes(cell.name, cell)),
    records: cells.flatMap((cell) =>
      all.map(({ name }) => {
        const aggregate = cell.metrics.get(name);
        return {
          ...cell.fields,
          cell: cell.name,
          metric: name,
          ...aggregateFields(aggregate),
          runsFinished: cell.runs.length,
          runsAsked: cell.tasks.length,
          runs: valuesText(aggregate),
        };
      }),
    ),
  };
}

/** Returns an aggregate as fields of a table record. */
export function aggregateFields(aggregate: Aggregate | undefined) {
  const { mean = null, standardDeviation = null, min = null, max = null } = aggregate ?? {};
  return { mean, standardDeviation, min, max };
}

/** Returns the single values, for example `seed 2: 0.3; seed 3: 0.4`. */
export function valuesText(aggregate: Aggregate | undefined): string {
  return (aggregate?.values ?? []).map(({ run, value }) => `${run}: ${value}`).join('; ');
}

/** Returns how many tasks of a cell have finished, for example `3` if all have, or `2 of 3`. */
export function finishedCount({ runs, tasks }: Cell): string {
  return runs.length === tasks.length ? String(runs.length) : `${runs.length} of ${tasks.length}`;
}
