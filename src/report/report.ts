import type { Sweep } from '../sweep/load.js';
import {
  contributionOfPart,
  loadContributions,
  type ReportContribution,
  type ReportSection,
} from './contribution.js';
import { readRuns, type MissingRun, type PartRuns } from './runs.js';
import { meansTables } from './tables/means-tables.js';
import { runsTable } from './tables/runs-table.js';
import type { Table } from './tables/table.js';

/** A part's tables. */
export interface PartTables {
  readonly title: string;
  readonly tables: readonly Table[];
  /** Shown at a click. */
  readonly runs: Table | null;
}

/** What a sweep's logs say, as tables. */
export interface Report {
  readonly sweep: Sweep;
  readonly parts: readonly PartRuns[];
  readonly contributions: readonly ReportContribution[];
  /** Of the parts that have any. */
  readonly partTables: readonly PartTables[];
  /** Of the sweep's experiments; those above the tables first. */
  readonly sections: readonly ReportSection[];
}

/** Reads a sweep's logs, finished or in progress, and makes its tables of them. */
export async function makeReport(sweep: Sweep, outDir: string): Promise<Report> {
  const parts = await readRuns(sweep, outDir);
  const contributions = await loadContributions();
  const sections = contributions.flatMap((contribution) => contribution.sections?.(parts) ?? []);
  return {
    sweep,
    parts,
    contributions,
    partTables: parts.flatMap((part) => tablesOfPart(part, contributions)),
    sections: [...sections.filter(({ isFirst }) => isFirst), ...sections.filter(({ isFirst }) => !isFirst)],
  };
}

function tablesOfPart(partRuns: PartRuns, contributions: readonly ReportContribution[]): PartTables[] {
  const { part } = partRuns;
  const further = contributionOfPart(contributions, part)?.furtherTables?.(partRuns) ?? [];
  const tables = [...(meansTables(partRuns, contributions) ?? []), ...further];
  const runs = runsTable(partRuns, contributions);
  return tables.length === 0 && runs === null ? [] : [{ title: part.title ?? part.name, tables, runs }];
}

/** All tables of a report, each to be written to files of its own. */
export function tablesOf({ partTables, sections }: Pick<Report, 'partTables' | 'sections'>): Table[] {
  return [
    ...partTables.flatMap(({ tables, runs }) => [...tables, ...(runs ? [runs] : [])]),
    ...sections.flatMap(({ tables }) => tables),
  ];
}

/** The tasks without results, each once, even if several parts have it. */
export function missingRuns(parts: readonly PartRuns[]): MissingRun[] {
  const all = parts.flatMap(({ missing }) => missing);
  return [...new Map(all.map((run) => [run.task.id, run])).values()];
}
