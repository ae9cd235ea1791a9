import { cellName, fieldOf, fieldsOf, labels, meansColumns } from '../cells.js';
import { shortTitleOf } from '../column-titles.js';
import { contributionOfPart, type ReportContribution } from '../contribution.js';
import { finalNumber, type PartRuns, type Run } from '../runs.js';
import { experimentOf } from '../../task/registry.js';
import { settingOf, settingsWithRole } from '../../task/settings.js';
import type { Settings } from '../../task/task.js';
import { formatNumber } from './format.js';
import type { Table, TableRecord } from './table.js';

/** The columns of a table of single tasks. */
export interface RunColumns<Own extends Settings> {
  readonly caption: string;
  readonly head: readonly string[];
  cells(run: Run<Own>): readonly string[];
  record(run: Run<Own>): TableRecord;
}

/**
 * Returns a table with one row per finished task of a part: a mean over three seeds can hide an outlier. Returns null if the experiment
 * shows its tasks only in its sections.
 */
export function runsTable(partRuns: PartRuns, contributions: readonly ReportContribution[]): Table | null {
  const own = contributionOfPart(contributions, partRuns.part)?.runs?.(partRuns);
  if (own !== undefined) return own;
  const all = partRuns.part.tasks.slice(0, 1).flatMap((task) => meansColumns(partRuns, task));
  const columns = all.filter(({ name }) => partRuns.runs.some((run) => finalNumber(run, name) !== null));
  return tableOfRuns(partRuns, {
    caption: 'Final values of each finished task.',
    head: columns.map(shortTitleOf),
    cells: (run) => columns.map(({ name }) => formatNumber(finalNumber(run, name))),
    record: (run) => ({
      ...seedsOf(run.task.settings),
      ...Object.fromEntries(columns.map(({ name }) => [name, finalNumber(run, name)])),
    }),
  });
}

export function tableOfRuns<Own extends Settings>(partRuns: PartRuns<Own>, shown: RunColumns<Own>): Table {
  const { part, runs, missing } = partRuns;
  const label = labels(part.tasks);
  return {
    name: `${part.name}-runs`,
    title: `${part.title ?? part.name}: all tasks`,
    caption: shown.caption,
    head: ['cell', 'task', ...shown.head],
    body: runs.map((run) => [cellName(part, run.task), label(run.task), ...shown.cells(run)]),
    notes: missing.map(({ task, reason }) => {
      const names = [cellName(part, task), label(task)].filter((name) => name !== '');
      return `${names.join(', ')} is missing: ${reason}`;
    }),
    records: runs.map((run) => ({
      task: run.task.name,
      ...fieldsOf(partRuns, run.task),
      cell: cellName(part, run.task),
      ...shown.record(run),
    })),
  };
}

function seedsOf(settings: Settings): TableRecord {
  const names = settingsWithRole(experimentOf(settings), 'seed');
  return Object.fromEntries(names.map((name) => [name, fieldOf(settingOf(settings, name))]));
}
