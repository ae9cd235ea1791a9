import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../errors.js';
import { readLog, valueAt } from '../../logs/read.js';
import { readJsonFile } from '../../store/files.js';
import { TASK_FILES } from '../../store/task-folder.js';
import { isTraining, type Task } from '../../task/task.js';
import { quantities, type ComputedKind } from '../../experiments/theory/computations/quantities.js';
import { evaluationColumns } from '../evaluation-columns.js';
import type { ExportColumn, ExportTask, RowKind } from '../table.js';
import { identityColumns, mergeColumns, settingColumns, taskValue, text } from '../task-columns.js';

/** One row a task: its settings and, if it is done, what it ended with. */
export const tasks: RowKind = {
  appliesTo: () => true,
  missing: 'no task',
  hasUnfinishedRows: false,
  columns: (all) =>
    mergeColumns([
      ...identityColumns(all),
      ...settingColumns(all),
      ...trainingColumns(all),
      ...verdictColumns(all),
    ]),
  batches: function* (task, columns) {
    const results = task.state === 'done' ? resultsOf(task) : () => null;
    yield {
      rows: 1,
      columns: columns.map(({ name }) => [results(name) ?? taskValue(task, name)]),
    };
  },
};

function trainingColumns(all: readonly Task[]): ExportColumn[] {
  return evaluationColumns(all).map((column) => ({ ...column, nullable: true }));
}

/** What a computation of each kind comes to, as its `verdict.json` has it. */
function verdictColumns(all: readonly Task[]): ExportColumn[] {
  const kinds = [...new Set(all.filter((task) => !isTraining(task)).map(({ settings }) => settings.kind))];
  if (kinds.length === 0) return [];
  const known = kinds.map((kind) => quantities[kind as ComputedKind]);
  const measures = known.flatMap((kind) => Object.entries(kind.measures));
  return [
    {
      ...text(
        'outcome',
        'How the computation ended',
        known.flatMap(({ outcomes }) => Object.keys(outcomes)),
      ),
      nullable: true,
    },
    flag('complete', 'Whether it got as far as it was meant to'),
    flag('holds', "Whether the paper's statement held"),
    ...measures.map(([name, quantity]): ExportColumn => ({
      name,
      type: 'float64',
      nullable: true,
      ...quantity,
      values: [],
    })),
  ];
}

function flag(name: string, description: string): ExportColumn {
  return { name, type: 'bool', nullable: true, unit: '-', description, values: [] };
}

function resultsOf({ task, folder }: ExportTask): (column: string) => unknown {
  if (!isTraining(task)) return verdictOf(folder);
  const evaluations = readLog(path.join(folder, TASK_FILES.evaluations));
  return (column) => valueAt(evaluations, column, evaluations.numRows - 1);
}

const verdictSchema = z.object({
  outcome: z.string(),
  complete: z.boolean(),
  holds: z.boolean(),
  measures: z.record(z.string(), z.number().nullable()),
});

function verdictOf(folder: string): (column: string) => unknown {
  const file = path.join(folder, TASK_FILES.verdict);
  const read = readJsonFile(file, verdictSchema);
  if (!read.found) throw new StoreError(read.problem ?? `${file} is missing`);
  const { measures, ...verdict } = read.value;
  const values = new Map<string, unknown>([...Object.entries(verdict), ...Object.entries(measures)]);
  return (column) => values.get(column) ?? null;
}
