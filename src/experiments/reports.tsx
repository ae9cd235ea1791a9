import type { ReportContribution, ReportSection } from '../report/contribution.js';
import { groupBy } from '../report/group-by.js';
import { Figures, Grid } from '../report/page/parts.js';
import type { PartRuns } from '../report/runs.js';
import type { TrainingSettings } from './vae/settings/task.js';
import { examineHypotheses, type Examined } from './paper/beyond/examine.js';
import { claimsTable } from './paper/claims/claims-table.js';
import { judgeClaims } from './paper/claims/claims.js';
import { paperFigures } from './paper/figures/registry.js';
import { scatterOfRun } from './paper/figures/scatter.js';
import { Claims } from './paper/page/claims.js';
import { HypothesisText } from './paper/page/hypothesis.js';
import { SigmoidError } from './paper/page/sigmoid-error.js';
import { Theory, type PageStatement } from './paper/page/theory.js';
import { computedKinds, computedRuns } from './paper/statements/computed.js';
import { examineTheory } from './paper/statements/registry.js';
import type { Statement } from './paper/statements/statement.js';
import { theoryTable, verdictLineOf } from './paper/statements/theory-table.js';
import { collapseTable } from './paper/tables/collapse-table.js';
import { deviationCountsTable, deviationsTable } from './paper/tables/deviations-table.js';
import { eigenvalueReadings } from './paper/tables/eigenvalue-readings.js';
import { exactGeneratorTable } from './paper/tables/exact-generator.js';
import { roundingFigure } from './paper/rounding/figure.js';
import { perturbedNumbers } from './paper/rounding/numbers.js';
import { roundingTable } from './paper/rounding/table.js';
import { trainingMeans } from './paper/tables/means-tables.js';
import { trainingRunsTable } from './paper/tables/runs-table.js';
import { pluginSections } from './vae/plugins/sections.js';
import { isTrainingPart } from './vae/runs.js';

const SIGMOID_TABLES: readonly unknown[] = ['table2', 'table4'];

const plugins: ReportContribution = {
  kinds: [],
  sections: (parts) =>
    pluginSections(parts.filter(isTrainingPart)).map(({ table, figure }) => ({
      id: table.name,
      title: table.title,
      tables: [table],
      lines: [],
      render: async (draw) => (
        <>
          <Grid table={table} />
          <Figures figures={await draw(figure === null ? [] : [figure])} />
        </>
      ),
    })),
};

/** Computations are shown with the statements that they examine, not in tables of their own. */
const theory: ReportContribution = {
  kinds: computedKinds,
  means: () => null,
  runs: () => null,
  sections: (parts) => {
    const statements = examine(parts);
    return statements.length === 0 ? [] : [theorySection(statements)];
  },
  findings: (parts) => {
    const statements = examine(parts);
    const tables = statements.length === 0 ? [] : [theoryTable(statements)];
    return {
      tables: [...tables, ...statements.flatMap((statement) => statement.tables)],
      lines: statements.map(verdictLineOf),
    };
  },
};

const training: ReportContribution<TrainingSettings> = {
  kinds: ['train'],
  means: trainingMeans,
  extraTables: (part) => [collapseTable(part)].filter((table) => table !== null),
  runs: trainingRunsTable,
  figures: paperFigures,
  picture: { title: 'Generated points', caption: 'Generated points over true points.', draw: scatterOfRun },
  sections: (parts) => {
    const trained = parts.filter(isTrainingPart);
    const sections = [claimsSection, roundingSection, sigmoidSection, eigenvalueSection, deviationsSection];
    return [
      ...examineHypotheses(trained).map(hypothesisSection),
      ...sections.flatMap((make) => make(trained) ?? []),
    ];
  },
};

/** The contributions of the paper and of plugins to reports. Their sections below the tables come in this order. */
export const reports: readonly ReportContribution[] = [plugins, theory, training];

function examine(parts: readonly PartRuns[]): Statement[] {
  return examineTheory({ computed: computedRuns(parts), parts: parts.filter(isTrainingPart) });
}

function theorySection(statements: readonly Statement[]): ReportSection {
  return {
    id: 'theory',
    title: 'Theory',
    tables: [
      theoryTable(statements),
      ...statements.flatMap(({ tables, runs }) => [...tables, ...(runs ? [runs] : [])]),
    ],
    lines: statements.map(verdictLineOf),
    summary: `Of ${statements.length} statements of the theory, ${countsText(statements.map(({ outcome }) => outcome))}.`,
    render: async (draw) => {
      const drawn: PageStatement[] = [];
      for (const statement of statements) {
        const { figures, notes } = statement.draw();
        drawn.push({ ...statement, figures: await draw(figures), figureNotes: notes });
      }
      return <Theory statements={drawn} />;
    },
  };
}

function hypothesisSection(examined: Examined): ReportSection {
  const { hypothesis, part, outcome, detail, table, figure } = examined;
  return {
    id: `${part}-hypothesis`,
    title: hypothesis.statement,
    short: hypothesis.short,
    isFirst: true,
    tables: [table],
    lines: [`${outcome}: ${hypothesis.statement}: ${detail}`],
    summary: `The hypothesis of ${part}, “${hypothesis.statement}”: ${outcome}.`,
    render: async (draw) => (
      <HypothesisText examined={examined} figures={await draw(figure === null ? [] : [figure])} />
    ),
  };
}

const PLURALS: ReadonlyMap<string, string> = new Map([
  ['holds', 'hold'],
  ['does not hold', 'do not hold'],
  ['holds as far as computed', 'hold as far as computed'],
  ['measured', 'are measured'],
  ['not enough tasks', 'have too few tasks'],
  ['not judged', 'are not judged'],
]);

/** Returns, for example, `14 hold, 2 do not hold, 10 are not judged`. */
function countsText(outcomes: readonly string[]): string {
  const kinds = groupBy(outcomes, (outcome) => outcome.replace(/:.*/, ''));
  return [...kinds].map(([kind, { length }]) => `${length} ${PLURALS.get(kind) ?? kind}`).join(', ');
}

type Parts = Parameters<typeof judgeClaims>[0];

function claimsSection(parts: Parts): ReportSection | null {
  const verdicts = judgeClaims(parts);
  if (verdicts.length === 0) return null;
  const table = claimsTable(verdicts);
  return {
    id: 'claims',
    title: table.title,
    short: 'Claims',
    isFirst: true,
    tables: [table],
    lines: verdicts.map(({ claim, outcome, detail }) => `${outcome}: ${claim.statement} ${detail}`),
    summary: `Of the ${verdicts.length} claims of the paper that it can test, ${countsText(verdicts.map(({ outcome }) => outcome))}.`,
    render: () => <Claims verdicts={verdicts} />,
  };
}

function roundingSection(parts: Parts): ReportSection | null {
  const numbers = perturbedNumbers(parts);
  if (numbers.length === 0) return null;
  const table = roundingTable(numbers);
  return {
    id: table.name,
    title: table.title,
    short: 'Rounding',
    isFirst: true,
    tables: [table],
    lines: [],
    render: async (draw) => (
      <>
        <Figures figures={await draw([roundingFigure(numbers)])} />
        <Grid table={table} />
      </>
    ),
  };
}

function sigmoidSection(parts: Parts): ReportSection | null {
  if (!parts.some(({ part }) => SIGMOID_TABLES.includes(part.table))) return null;
  const table = exactGeneratorTable(parts);
  return {
    id: 'sigmoid-error',
    title: 'The printed sigmoid errors',
    short: 'Sigmoid errors',
    tables: table === null ? [] : [table],
    lines: [],
    render: () => (
      <>
        <SigmoidError />
        {table && <Grid table={table} />}
      </>
    ),
  };
}

function eigenvalueSection(parts: Parts): ReportSection | null {
  const table = eigenvalueReadings(parts);
  if (table === null) return null;
  return {
    id: 'eigenvalue-readings',
    title: table.title,
    short: 'Eigenvalue errors',
    tables: [table],
    lines: [],
    render: () => <Grid table={table} />,
  };
}

function deviationsSection(parts: Parts): ReportSection | null {
  const table = deviationsTable(parts);
  const counts = deviationCountsTable(parts);
  if (table === null || counts === null) return null;
  return {
    id: 'deviations',
    title: table.title,
    short: 'Deviations',
    tables: [counts, table],
    lines: [],
    render: () => (
      <>
        <Grid table={counts} />
        <Grid table={table} />
      </>
    ),
  };
}
