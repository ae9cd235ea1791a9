import { missingNotes, toCells, type Aggregate, type Cell } from '../cells.js';
import { shortTitleOf } from '../column-words.js';
import { contributionOfPart, type ReportContribution } from '../contribution.js';
import type { PartRuns } from '../runs.js';
import { experimentOfPart } from '../../sweep/load.js';
import { cellSettings, settingText } from '../../task/settings.js';
import { formatAggregate } from './format.js';
import type { Table } from './table.js';

export const MEANS_CAPTION = 'Mean ± standard deviation over the finished runs';

/** Returns a part's means over its seeds: as its experiment shows them, or one table with one row per cell. Null: in sections alone. */
export function meansTables(
  partRuns: PartRuns,
  contributions: readonly ReportContribution[],
): readonly Table[] | null {
  const own = contributionOfPart(contributions, partRuns.part)?.means?.(partRuns);
  return own === undefined ? [generalTable(partRuns, toCells(partRuns))] : own;
}

/** A row a cell: the settings that vary, then the metrics that are defined. */
export function generalTable({ part }: Pick<PartRuns, 'part'>, cells: readonly Cell[]): Table {
  const settings = cellSettings(experimentOfPart(part), part.varying);
  const all = cells[0]?.columns ?? [];
  const columns = all.filter(({ name }) => cells.some(({ metrics }) => metrics.has(name)));
  return {
    name: part.name,
    title: part.title ?? part.name,
    caption: `${MEANS_CAPTION}.`,
    head: [...(settings.length === 0 ? ['experiment'] : settings), 'runs', ...columns.map(shortTitleOf)],
    body: cells.map((cell) => [
      ...(settings.length === 0
        ? [part.experiment]
        : settings.map((name) => settingText(cell.settings, name))),
      runCount(cell),
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
          runsAsked: cell.asked.length,
          runs: valuesText(aggregate),
        };
      }),
    ),
  };
}

/** An aggregate as fields of a record. */
export function aggregateFields(aggregate: Aggregate | undefined) {
  const { mean = null, standardDeviation = null, min = null, max = null } = aggregate ?? {};
  return { mean, standardDeviation, min, max };
}

/** As `seed 2: 0.3; seed 3: 0.4`. */
export function valuesText(aggregate: Aggregate | undefined): string {
  return (aggregate?.values ?? []).map(({ run, value }) => `${run}: ${value}`).join('; ');
}

export function runCount({ runs, asked }: Cell): string {
  return runs.length === asked.length ? String(runs.length) : `${runs.length} of ${asked.length}`;
}
