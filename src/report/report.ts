import { readComputedRuns, type MissingComputation } from '../experiments/theory/computed.js';
import { readRuns, type PartRuns } from './runs.js';
import type { Sweep } from '../sweep/load.js';
import { claimsTable } from '../experiments/paper/claims/claims-table.js';
import { judgeClaims } from '../experiments/paper/claims/claims.js';
import type { Verdict } from '../experiments/paper/claims/claim.js';
import { ownSections, type OwnSection } from '../experiments/vae/plugins/sections.js';
import { collapseTable } from '../experiments/paper/tables/collapse-table.js';
import { deviationsTable } from '../experiments/paper/tables/deviations-table.js';
import { meansTables } from './tables/means-tables.js';
import { runsTable } from './tables/runs-table.js';
import type { Table } from './tables/table.js';
import { examineTheory } from '../experiments/paper/statements/registry.js';
import type { Statement } from '../experiments/paper/statements/statement.js';
import { theoryTable } from '../experiments/paper/statements/theory-table.js';

/** A part's tables. */
export interface ReportSection {
  readonly title: string;
  readonly means: readonly Table[];
  readonly runs: Table;
  readonly collapse: Table | null;
}

/** What a sweep's logs say, as tables. */
export interface Report {
  readonly sweep: Sweep;
  readonly parts: readonly PartRuns[];
  readonly sections: readonly ReportSection[];
  readonly verdicts: readonly Verdict[];
  /** Null if the sweep measures no number that the paper prints. */
  readonly deviations: Table | null;
  /** Empty if the sweep has no runs about the theory. */
  readonly theory: readonly Statement[];
  /** Of plugins. */
  readonly own: readonly OwnSection[];
  readonly missingComputations: readonly MissingComputation[];
}

/** Reads a sweep's logs, finished or in progress, and makes its tables of them. */
export function makeReport(sweep: Sweep, outDir: string): Report {
  const parts = readRuns(sweep, outDir);
  const computed = readComputedRuns(outDir, sweep.tasks);
  return {
    sweep,
    parts,
    sections: parts.map((part) => ({
      title: part.part.title ?? part.part.name,
      means: meansTables(part),
      runs: runsTable(part),
      collapse: collapseTable(part),
    })),
    verdicts: judgeClaims(parts),
    deviations: deviationsTable(parts),
    theory: examineTheory({ computed, parts }),
    own: ownSections(parts),
    missingComputations: computed.missing,
  };
}

/** All tables of a report, each to be written to files of its own. */
export function tablesOf({ sections, verdicts, deviations, theory, own }: Report): Table[] {
  return [
    ...sections.flatMap(({ means, runs, collapse }) => [...means, runs, ...(collapse ? [collapse] : [])]),
    ...(verdicts.length > 0 ? [claimsTable(verdicts)] : []),
    ...(deviations ? [deviations] : []),
    ...(theory.length > 0 ? [theoryTable(theory)] : []),
    ...own.map(({ table }) => table),
    ...theory.flatMap(({ tables, runs }) => [...tables, ...(runs ? [runs] : [])]),
  ];
}
