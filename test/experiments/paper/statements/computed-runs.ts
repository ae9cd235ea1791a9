import { Field, Float64, Schema } from 'apache-arrow';
import type {
  ComputedRun,
  ComputedTask,
  ComputedVerdict,
} from '../../../../src/experiments/theory/computed.js';
import { batchToFile, recordBatch } from '../../../../src/logs/encode.js';
import { LOG_METADATA, LOG_SCHEMA_VERSION } from '../../../../src/logs/schemas.js';
import { makeFolder } from '../../../../src/store/files.js';
import { commitResults, taskFolder } from '../../../../src/store/task-folder.js';
import type { Computation } from '../../../../src/experiments/theory/computations/computation.js';
import { quantities } from '../../../../src/experiments/theory/computations/quantities.js';
import { computations } from '../../../../src/experiments/theory/computations/registry.js';
import { theorySettingsSchema } from '../../../../src/experiments/theory/tasks/theory-settings.js';
import { compute } from '../../theory/computations/run.js';

type Settings = Readonly<Record<string, unknown>> & { readonly kind: keyof typeof computations };
type Columns = Readonly<Record<string, readonly number[]>>;

/** A finished run as a literal. */
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
    verdict: { outcome: 'ended', complete: true, holds: true, measures: {}, statement: '', ...verdict },
    rows: () => ({
      length: Object.values(columns)[0]?.length ?? 0,
      column: (column) => columns[column] ?? [],
    }),
  };
}

/** The task of settings, all defaults filled in. */
export function computedTask(values: Settings): ComputedTask & { readonly settings: Settings } {
  const settings = theorySettingsSchema.parse({ seed: 1, ...values }) as Settings;
  const name = Object.values(settings).join('-').replaceAll('.', '_');
  return { id: name, name, settings };
}

/** Runs a computation, and writes the folder of its finished task as a worker leaves it. */
export function computeInto(outDir: string, values: Settings): ComputedTask {
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

/** JSON has no NaN: it writes null. */
export function writeComputed(
  outDir: string,
  task: ComputedTask,
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
