import type { ExportColumn } from '../../src/export/table.js';
import { identityColumns } from '../../src/export/task-columns.js';
import { details as theory, rowColumns } from '../../src/experiments/theory/details.js';
import { quantities, type ComputedKind } from '../../src/experiments/theory/computations/quantities.js';
import { evaluationColumns, sampleColumns, stepColumns } from '../../src/experiments/vae/metrics/columns.js';
import type { LogColumn } from '../../src/task/column.js';
import { experimentNamed } from '../../src/task/registry.js';

/** The expected contents of docs/logs.md, by heading and cell, derived from the code. */
export function documentedTables(): ReadonlyMap<string, string[][]> {
  const kinds = Object.entries(quantities);
  return new Map([
    ['steps.arrow', ofLog(stepColumns)],
    ['evaluations.arrow', ofLog(evaluationColumns({}))],
    ['evaluations.arrow with the released random streams', ofLog(releasedColumns())],
    ['samples.arrow', ofLog(sampleColumns({ ambientDim: 1 }))],
    ...kinds.map(([kind]): [string, string[][]] => [
      `rows.arrow of ${kind}`,
      ofLog(rowColumns(kind as ComputedKind)),
    ]),
    ...kinds.map(([kind, { outcomes }]): [string, string[][]] => [
      `Outcomes of ${kind}`,
      Object.entries(outcomes).map(([outcome, meaning]) => [code(outcome), meaning]),
    ]),
    ['Which task', identityColumns([]).map(described)],
    ['Settings of training', settings(experimentNamed('linear').columns)],
    ...kinds.map(([kind]): [string, string[][]] => [
      `Settings of ${kind}`,
      settings(experimentNamed(kind).columns).filter(([name]) => name !== '`kind`'),
    ]),
    ...kinds.map(([kind, { measures }]): [string, string[][]] => [
      `Measures of ${kind}`,
      Object.entries(measures).map(([name, { unit, description }]) => [code(name), unit, description]),
    ]),
    ['Results of computations', verdictColumns().map(described)],
  ]);
}

/** Returns the columns that only tasks with the random streams of the released code have. */
function releasedColumns(): LogColumn[] {
  const known = new Set(evaluationColumns({}).map(({ name }) => name));
  return evaluationColumns({ randomStreams: 'released-code' }).filter(({ name }) => !known.has(name));
}

function verdictColumns(): LogColumn[] {
  const measures = new Set(Object.values(quantities).flatMap((kind) => Object.keys(kind.measures)));
  return theory.summary({ kind: 'landscape' }).filter(({ name }) => !measures.has(name));
}

function ofLog(columns: readonly LogColumn[]): string[][] {
  return columns.map((column) => {
    const [name, type, unit, description] = described(column);
    return [name ?? '', type ?? '', column.nullable ? 'yes' : 'no', unit ?? '', description ?? ''];
  });
}

function settings(
  columns: Readonly<Record<string, Pick<ExportColumn, 'type' | 'unit' | 'description'>>>,
): string[][] {
  return Object.entries(columns).map(([name, column]) => described({ name, ...column }));
}

function described({
  name,
  type,
  unit,
  description,
}: Pick<ExportColumn, 'name' | 'type' | 'unit' | 'description'>): string[] {
  return [code(name), type, unit, description];
}

const code = (text: string): string => `\`${text}\``;
