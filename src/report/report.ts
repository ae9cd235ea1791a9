import type { Sweep } from '../sweep/load.js';
import {
  contributionOfPart,
  loadContributions,
  type ReportContribution,
  type ReportSection,
} from './contribution.js';
import { readRuns, type MissingRun, type PartRuns } from './runs.js';
import { runComparisons, searchComparisons, type Comparison, type Question } from './search/compared.js';
import { searchSection } from './search/section.js';
import { meansTables } from './tables/means-tables.js';
import { runsTable } from './tables/runs-table.js';
import type { Table } from './tables/table.js';

/** The tables of one part. */
export interface PartTables {
  readonly title: string;
  readonly tables: readonly Table[];
  /** The table of all single tasks, collapsed at first. */
  readonly runs: Table | null;
}

/** The results of a sweep as tables and sections. */
export interface Report {
  readonly sweep: Sweep;
  readonly parts: readonly PartRuns[];
  readonly contributions: readonly ReportContribution[];
  /** The best settings of its searches. */
  readonly comparisons: readonly Comparison[];
  /** Tables of the parts that have any. */
  readonly partTables: readonly PartTables[];
  /** Sections of the sweep's experiments, starting with those above the tables. */
  readonly sections: readonly ReportSection[];
}

/**
 * Reads the logs of a sweep, finished or in progress, and creates its tables.
 * @param question what to compare the settings by; null for what the searches of the sweep compare
 */
export async function makeReport(
  sweep: Sweep,
  outDir: string,
  question: Question | null = null,
): Promise<Report> {
  const parts = await readRuns(sweep, outDir);
  const contributions = await loadContributions();
  const comparisons = question === null ? searchComparisons(sweep) : runComparisons(parts, question);
  const sections = [
    ...searchSection(comparisons, parts),
    ...contributions.flatMap((contribution) => contribution.sections?.(parts) ?? []),
  ];
  return {
    sweep,
    parts,
    contributions,
    comparisons,
    partTables: parts.flatMap((part) => tablesOfPart(part, contributions)),
    sections: [...sections.filter(({ isFirst }) => isFirst), ...sections.filter(({ isFirst }) => !isFirst)],
  };
}

function tablesOfPart(partRuns: PartRuns, contributions: readonly ReportContribution[]): PartTables[] {
  const { part } = partRuns;
  const extra = contributionOfPart(contributions, part)?.extraTables?.(partRuns) ?? [];
  const tables = [...(meansTables(partRuns, contributions) ?? []), ...extra];
  const runs = runsTable(partRuns, contributions);
  return tables.length === 0 && runs === null ? [] : [{ title: part.title ?? part.name, tables, runs }];
}

/** Returns all tables of a report. Each is written to its own files. */
export function tablesOf({ partTables, sections }: Pick<Report, 'partTables' | 'sections'>): Table[] {
  return [
    ...partTables.flatMap(({ tables, runs }) => [...tables, ...(runs ? [runs] : [])]),
    ...sections.flatMap(({ tables }) => tables),
  ];
}

/** Returns the distinct tasks without results; several parts may share a task. */
export function missingRuns(parts: readonly PartRuns[]): MissingRun[] {
  const all = parts.flatMap(({ missing }) => missing);
  return [...new Map(all.map((run) => [run.task.id, run])).values()];
}
