import type { Schema } from 'apache-arrow';
import { batchToFile, recordBatch, type ColumnValues } from '../../src/logs/encode.js';
import type { LogValue } from '../../src/logs/read.js';
import { encodeSafetensors } from '../../src/store/safetensors.js';
import { evaluationSchema, sampleSchema, stepSchema } from '../experiments/vae/log-schemas.js';
import { commitResults, prepareTaskFolder, TASK_FILES, taskFolder } from '../../src/store/task-folder.js';
import type { TrainingTask } from '../../src/experiments/vae/settings/task.js';

type Point = readonly number[];

/** The logs of a finished task, as literals. */
export interface FinishedRun {
  /** One row per evaluation, with its step and the columns that matter; the others are null, or 0 if they are not nullable. */
  readonly evaluations: readonly Readonly<Record<string, LogValue>>[];
  /** The step log's columns, in its schema's order. Default: one row. */
  readonly steps?: readonly ColumnValues[];
  /** Generated points, padded with zeros to the ambient dimension. Default: one point at the origin. */
  readonly generated?: readonly Point[];
  /** Real points, as many as `generated`. Default: the same points. */
  readonly real?: readonly Point[];
  /** The column vector `data.0`: a* of sigmoid data. */
  readonly direction?: readonly number[];
  /** Further parameters by name, row by row. Default: a decoder of one dense layer, `decoder.0.kernel`, that is 0. */
  readonly matrices?: Readonly<Record<string, readonly (readonly number[])[]>>;
}

/** Writes the folder of a finished training task. @returns the folder */
export function writeFinishedRun(outDir: string, task: TrainingTask, run: FinishedRun): string {
  const folder = prepareTaskFolder(taskFolder(outDir, task), task);
  const generated = run.generated ?? [[]];
  const points = generated.map((point, row) => ({
    ...coordinates('x', point, task),
    ...coordinates('real', run.real?.[row] ?? point, task),
  }));
  commitResults(folder, task.id, {
    [TASK_FILES.steps]:
      run.steps === undefined
        ? logFile(stepSchema(task), [{ step: 1 }])
        : batchToFile(recordBatch(stepSchema(task), run.steps)),
    [TASK_FILES.evaluations]: logFile(evaluationSchema(task), run.evaluations),
    [TASK_FILES.samples]: logFile(sampleSchema(task), points),
    [TASK_FILES.parameters]: parameters(run, task),
  });
  return folder;
}

function coordinates(prefix: string, point: Point, { settings }: TrainingTask): Record<string, number> {
  const names = Array.from({ length: settings.ambientDim }, (_, index) => `${prefix}${index + 1}`);
  return Object.fromEntries(names.map((name, index) => [name, point[index] ?? 0]));
}

function logFile(schema: Schema, rows: readonly Readonly<Record<string, LogValue>>[]): Uint8Array {
  const columns = schema.fields.map(({ name, nullable }) =>
    rows.map((row) => row[name] ?? (nullable ? null : 0)),
  );
  return batchToFile(recordBatch(schema, columns));
}

function parameters({ direction = [], matrices }: FinishedRun, { settings }: TrainingTask): Uint8Array {
  const { latentDim, ambientDim } = settings;
  const zero = Array.from({ length: latentDim }, () => Array.from({ length: ambientDim }, () => 0));
  const column = direction.map((value) => [value]);
  const all = {
    ...(matrices ?? { 'decoder.0.kernel': zero }),
    ...(direction.length > 0 && { 'data.0': column }),
  };
  return encodeSafetensors(
    {},
    Object.entries(all).map(([name, rows]) => ({
      name,
      shape: [rows.length, rows[0]?.length ?? 0],
      values: Float32Array.from(rows.flat()),
    })),
  );
}
