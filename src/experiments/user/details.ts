import path from 'node:path';
import { z } from 'zod';
import { StoreError } from '../../errors.js';
import { readLog, valueAt } from '../../logs/read.js';
import { readJsonFile } from '../../store/files.js';
import { TASK_FILES } from '../../store/task-folder.js';
import type { LogColumn } from '../../task/column.js';
import type { ExperimentDetails, TrainingColumns } from '../../task/experiment.js';
import type {
  UserColumn,
  UserCommandExperiment,
  UserExperiment,
  UserFunctionExperiment,
  UserTrainingExperiment,
} from './definition.js';
import { findDefinition } from './installed-experiments.js';

/** The summary in `verdict.json`; null if a number is not defined. */
const verdictSchema = z.object({ measures: z.record(z.string(), z.number().nullable()) });

/** Returns the logs and the summary of a plugin's experiment. They are empty if the plugin is not installed. */
export function detailsOf(name: string, form: UserExperiment['form']): ExperimentDetails {
  const definition = findDefinition(name);
  if (definition?.form !== form)
    return { logs: () => ({}), summary: () => [], readSummary: () => () => null };
  return definition.form === 'training' ? trainingDetails(definition) : rowsDetails(definition);
}

function trainingDetails(definition: UserTrainingExperiment): ExperimentDetails {
  const logs = trainingColumns(definition);
  return {
    logs: () => logs,
    summary: () => logs.evaluations.map((column) => ({ ...column, nullable: true })),
    readSummary: (folder) => {
      const evaluations = readLog(path.join(folder, TASK_FILES.evaluations));
      return (column) => valueAt(evaluations, column, evaluations.numRows - 1);
    },
  };
}

function rowsDetails(definition: UserFunctionExperiment | UserCommandExperiment): ExperimentDetails {
  const { columns } = definition;
  const logs = { rows: rowColumns(definition) };
  const summary = 'summary' in columns ? columns.summary : columns.rows;
  return {
    logs: () => logs,
    summary: () => summary.map((column) => float64(column, true)),
    readSummary: (folder) => {
      const file = path.join(folder, TASK_FILES.verdict);
      const read = readJsonFile(file, verdictSchema);
      if (!read.found) throw new StoreError(read.problem ?? `${file} is missing`);
      const { measures } = read.value;
      return (column) => measures[column] ?? null;
    },
  };
}

const STEP = { name: 'step', type: 'int32', nullable: false, unit: 'step' } as const;

export function trainingColumns({ columns }: UserTrainingExperiment): TrainingColumns {
  return {
    steps: [
      { ...STEP, description: 'Number of the training step, the first is 1' },
      ...columns.steps.map((column) => ({ ...described(column), type: 'float32', nullable: false }) as const),
    ],
    evaluations: [
      { ...STEP, description: 'Training steps done before the evaluation' },
      ...columns.evaluations.map((column) => float64(column, true)),
    ],
  };
}

export function rowColumns({ columns }: UserFunctionExperiment | UserCommandExperiment): LogColumn[] {
  return columns.rows.map((column) => float64(column, false));
}

function float64(column: UserColumn, nullable: boolean): LogColumn {
  return { ...described(column), type: 'float64', nullable };
}

function described({ name, unit = '1', description = name }: UserColumn): Required<UserColumn> {
  return { name, unit, description };
}
