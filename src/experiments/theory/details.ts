import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../errors.js';
import { readJsonFile } from '../../store/files.js';
import { TASK_FILES } from '../../store/task-folder.js';
import type { LogColumn } from '../../task/column.js';
import type { ExperimentDetails, LogColumns } from '../../task/experiment.js';
import type { Settings } from '../../task/task.js';
import { quantities, type ComputedKind } from './computations/quantities.js';
import type { Quantity } from './computations/quantity.js';

/** The contents of a computation's `verdict.json`. */
const verdictSchema = z.object({
  outcome: z.string(),
  complete: z.boolean(),
  holds: z.boolean(),
  measures: z.record(z.string(), z.number().nullable()),
  statement: z.string(),
});

const known = new Map<string, LogColumns>();

/** The logs and the summary of a computation. The summary is its `verdict.json`. */
export const details: ExperimentDetails = {
  logs: ({ kind }) => {
    const logs = known.get(kind) ?? { rows: rowColumns(kind as ComputedKind) };
    known.set(kind, logs);
    return logs;
  },
  summary,
  shown: () => ({ curves: [], charts: [] }),
  readSummary: (folder) => {
    const file = path.join(folder, TASK_FILES.verdict);
    const read = readJsonFile(file, verdictSchema);
    if (!read.found) throw new StoreError(read.problem ?? `${TASK_FILES.verdict} is missing`);
    const { measures, ...verdict } = read.value;
    const values = new Map<string, unknown>([...Object.entries(verdict), ...Object.entries(measures)]);
    return (column) => values.get(column) ?? null;
  },
};

/** Returns the columns of `rows.arrow`: the rows of a computation in the order of computation; NaN if a number is not defined. */
export function rowColumns(kind: ComputedKind): readonly LogColumn[] {
  return Object.entries(quantities[kind].columns).map(([name, quantity]) => numbers(name, quantity, false));
}

function summary({ kind }: Settings): LogColumn[] {
  const { outcomes, measures } = quantities[kind as ComputedKind];
  return [
    {
      name: 'outcome',
      type: 'utf8',
      nullable: true,
      unit: '-',
      description: 'How the computation ended',
      values: Object.keys(outcomes),
    },
    flag('complete', 'Whether it got as far as it was meant to'),
    flag('holds', "Whether the paper's statement held"),
    ...Object.entries(measures).map(([name, quantity]) => numbers(name, quantity, true)),
  ];
}

function flag(name: string, description: string): LogColumn {
  return { name, type: 'bool', nullable: true, unit: '-', description };
}

function numbers(name: string, { unit, description }: Quantity, nullable: boolean): LogColumn {
  return { name, type: 'float64', nullable, unit, description };
}
