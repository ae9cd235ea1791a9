import { Field, Float64, Schema } from 'apache-arrow';
import {
  computedRuns,
  type ComputedRun,
  type ComputedRuns,
  type ComputedVerdict,
} from '../../../../src/experiments/paper/statements/computed.js';
import { details } from '../../../../src/experiments/theory/details.js';
import { batchToFile, recordBatch } from '../../../../src/logs/encode.js';
import { LOG_METADATA, LOG_SCHEMA_VERSION } from '../../../../src/logs/schemas.js';
import { makeFolder } from '../../../../src/store/files.js';
import { commitResults, taskFolder } from '../../../../src/store/task-folder.js';
import type { Computation } from '../../../../src/experiments/theory/computations/computation.js';
import { quantities } from '../../../../src/experiments/theory/computations/quantities.js';
import { computations } from '../../../../src/experiments/theory/computations/registry.js';
import { theorySettingsSchema } from '../../../../src/experiments/theory/tasks/theory-settings.js';
import { isFinished, readRun, type MissingRun } from '../../../../src/report/runs.js';
import type { Task } from '../../../../src/task/task.js';
import { compute } from '../../theory/computations/run.js';

type Settings = Readonly<Record<string, unknown>> & { readonly kind: keyof typeof computations };
type Columns = Readonly<Record<string, readonly number[]>>;

/** Returns a finished task with these values. */
export function literalRun(
  settings: ComputedRun['settings'],
  verdict: Partial<ComputedVerdict>,
  columns: Columns = {},
): ComputedRun {
  const name = JSON.stringify(settings);
  return {
    id: name,
    name,
    settings,
    verdict: { outcome: 'ended', complete: true, holds: true, measures: {}, ...verdict },
    rows: () => ({
      length: Object.values(columns)[0]?.length ?? 0,
      column: (column) => columns[column] ?? [],
    }),
  };
}

/** Reads the computations in a store. */
export function readComputed(outDir: string, tasks: readonly Task[]): ComputedRuns {
  const read = tasks.map((task) => readRun(task, outDir, details));
  const missing = read.filter((run): run is MissingRun => !isFinished(run));
  return computedRuns([{ runs: read.filter(isFinished), missing }]);
}

/** Returns the task with these settings and all defaults. */
export function computedTask(values: Settings): Task<Settings> {
  const settings = theorySettingsSchema.parse({ seed: 1, ...values }) as Settings;
  const name = Object.values(settings).join('-').replaceAll('.', '_');
  return { id: name, name, settings, versions: { theory: 1 } };
}

/** Runs a computation, and writes the folder of its finished task like a worker. */
export function computeInto(outDir: string, values: Settings): Task {
  const task = computedTask(values);
  const computation: Computation = computations[task.settings.kind];
  const { rows, verdict } = compute(computation, task.settings);
  const names = Object.keys(quantities[task.settings.kind].columns);
  writeComputed(outDir, task, {
    columns: Object.fromEntries(names.map((name) => [name, rows.map((row) => row[name] ?? NaN)])),
    verdict: { ...verdict, statement: computation.statement },
  });
  return task;
}

/** Writes the folder of a finished task. JSON has no NaN, so NaN becomes null. */
export function writeComputed(
  outDir: string,
  task: Task,
  { columns, verdict }: { readonly columns: Columns; readonly verdict: unknown },
): void {
  const folder = taskFolder(outDir, task);
  makeFolder(folder);
  const schema = new Schema(
    Object.keys(columns).map((name) => new Field(name, new Float64(), false)),
    new Map([[LOG_METADATA.schema, LOG_SCHEMA_VERSION]]),
  );
  commitResults(folder, task.id, {
    'rows.arrow': batchToFile(recordBatch(schema, Object.values(columns))),
    'verdict.json': Buffer.from(`${JSON.stringify(verdict)}\n`),
  });
}
