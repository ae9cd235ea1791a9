import type { Schema } from 'apache-arrow';
import { logColumns } from '../../src/export/log-columns.js';
import { tasks as taskRows } from '../../src/export/rows/tasks.js';
import type { ExportColumn } from '../../src/export/table.js';
import { identityColumns, theorySettings, trainingColumns } from '../../src/export/task-columns.js';
import { evaluationSchema, rowSchema, sampleSchema, stepSchema } from '../../src/logs/schemas.js';
import { resolveSettings } from '../../src/experiments/vae/settings/training-experiment.js';
import type { Task, TheoryTask, TrainingTask } from '../../src/task/task.js';
import { quantities } from '../../src/experiments/theory/computations/quantities.js';

const training: TrainingTask = {
  id: '0123456789abcdef',
  name: 'linear-1-1-1-seed1-0123456789abcdef',
  settings: resolveSettings('linear', { dimensions: [1, 1, 1], seed: 1 }),
  versions: { tensorflow: '2.21.0', numerics: 2 },
};

/** What docs/logs.md has under each heading, cell by cell, as the code says. */
export function documentedTables(): ReadonlyMap<string, string[][]> {
  const kinds = Object.entries(quantities);
  return new Map([
    ['steps.arrow', ofLog(stepSchema(training))],
    ['evaluations.arrow', ofLog(evaluationSchema(training))],
    ['evaluations.arrow with the released random streams', releasedColumns()],
    ['samples.arrow', ofLog(sampleSchema(training))],
    ...kinds.map(([kind, { columns }]): [string, string[][]] => [
      `rows.arrow of ${kind}`,
      ofLog(
        rowSchema(
          training,
          Object.entries(columns).map(([name, quantity]) => ({ name, ...quantity })),
        ),
      ),
    ]),
    ...kinds.map(([kind, { outcomes }]): [string, string[][]] => [
      `Outcomes of ${kind}`,
      Object.entries(outcomes).map(([outcome, meaning]) => [code(outcome), meaning]),
    ]),
    ['Which task', identityColumns([training]).map(described)],
    ['Settings of training', settings(trainingColumns)],
    ...kinds.map(([kind]): [string, string[][]] => [
      `Settings of ${kind}`,
      settings(theorySettings.get(kind) ?? {}).filter(([name]) => name !== '`kind`'),
    ]),
    ...kinds.map(([kind, { measures }]): [string, string[][]] => [
      `Measures of ${kind}`,
      Object.entries(measures).map(([name, { unit, description }]) => [code(name), unit, description]),
    ]),
    ['Results of computations', verdictColumns().map(described)],
  ]);
}

/** The columns that only these tasks have. */
function releasedColumns(): string[][] {
  const settings = { ...training.settings, randomStreams: 'released-code' } as const;
  const known = evaluationSchema(training).fields.map(({ name }) => code(name));
  return ofLog(evaluationSchema({ ...training, settings })).filter(([name = '']) => !known.includes(name));
}

function verdictColumns(): ExportColumn[] {
  const measures = new Set(Object.values(quantities).flatMap((kind) => Object.keys(kind.measures)));
  const kinds = [...theorySettings.keys()];
  const tasks = kinds.map((kind) => ({ ...training, settings: { kind, seed: 1 } }) as unknown as TheoryTask);
  const known = new Set(kinds.flatMap((kind) => Object.keys(theorySettings.get(kind) ?? {})));
  const own = new Set(identityColumns([]).map(({ name }) => name));
  return taskRows
    .columns(tasks as readonly Task[])
    .filter(({ name }) => !measures.has(name) && !known.has(name) && !own.has(name));
}

function ofLog(schema: Schema): string[][] {
  return logColumns(schema).map((column) => {
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
